//! `/v4/broadcasts`.

mod create_broadcast;
mod delete_broadcast;
mod filters;
mod get_broadcast;
mod get_broadcast_stats;
mod input;
mod list_broadcast_clicks;
mod list_broadcast_stats;
mod list_broadcasts;
mod not_sent;
mod reply;
mod stats;
mod update_broadcast;

use http::Method;

use super::route::Route;
use crate::world::Access::Credential;

const ONE: &str = "/v4/broadcasts/{id}";

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/broadcasts", Credential, list_broadcasts::list),
    Route::new(Method::POST, "/v4/broadcasts", Credential, create_broadcast::create),
    Route::new(Method::GET, "/v4/broadcasts/stats", Credential, list_broadcast_stats::list),
    Route::new(
        Method::GET,
        "/v4/broadcasts/{broadcast_id}/stats",
        Credential,
        get_broadcast_stats::get,
    ),
    Route::new(
        Method::GET,
        "/v4/broadcasts/{broadcast_id}/clicks",
        Credential,
        list_broadcast_clicks::clicks,
    ),
    Route::new(Method::GET, ONE, Credential, get_broadcast::get),
    Route::new(Method::PUT, ONE, Credential, update_broadcast::update),
    // In no document: the live service takes it.
    Route::new(Method::PATCH, ONE, Credential, update_broadcast::update),
    Route::new(Method::DELETE, ONE, Credential, delete_broadcast::delete)
        .refusing("Broadcast is already sending."),
];
