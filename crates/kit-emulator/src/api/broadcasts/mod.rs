//! `/v4/broadcasts`.

mod handlers;
mod stats;

use http::Method;

use super::route::Route;
use crate::world::Access::Credential;

const ONE: &str = "/v4/broadcasts/{id}";

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/broadcasts", Credential, handlers::list),
    Route::new(Method::POST, "/v4/broadcasts", Credential, handlers::create),
    Route::new(Method::GET, "/v4/broadcasts/stats", Credential, stats::list),
    Route::new(Method::GET, "/v4/broadcasts/{broadcast_id}/stats", Credential, stats::get),
    Route::new(Method::GET, "/v4/broadcasts/{broadcast_id}/clicks", Credential, stats::clicks),
    Route::new(Method::GET, ONE, Credential, handlers::get),
    Route::new(Method::PUT, ONE, Credential, handlers::update),
    // In no document: the live service takes it.
    Route::new(Method::PATCH, ONE, Credential, handlers::update),
    Route::new(Method::DELETE, ONE, Credential, handlers::delete)
        .refusing("Broadcast is already sending."),
];
