//! `/v4/purchases`.

mod create_purchase;
mod get_purchase;
mod list_purchases;

use http::Method;

use super::route::Route;
use crate::world::Access::OAuth;

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/purchases", OAuth, list_purchases::list),
    Route::new(Method::POST, "/v4/purchases", OAuth, create_purchase::create)
        .refusing("Transaction cannot be blank"),
    Route::new(Method::GET, "/v4/purchases/{id}", OAuth, get_purchase::get),
];
