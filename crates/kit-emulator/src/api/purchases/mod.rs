//! `/v4/purchases`.

mod handlers;

use http::Method;

use super::route::Route;
use crate::world::Access::OAuth;

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/purchases", OAuth, handlers::list),
    Route::new(Method::POST, "/v4/purchases", OAuth, handlers::create)
        .refusing("Transaction cannot be blank"),
    Route::new(Method::GET, "/v4/purchases/{id}", OAuth, handlers::get),
];
