//! `/v4/purchases`.

mod handlers;
mod purchase;

use http::Method;

use super::route::Route;
use crate::world::Access::OAuth;

pub(crate) use purchase::Purchase;

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/purchases", OAuth, handlers::list),
    Route::new(Method::POST, "/v4/purchases", OAuth, handlers::create)
        .refusing("Transaction cannot be blank"),
    Route::new(Method::GET, "/v4/purchases/{id}", OAuth, handlers::get),
];
