//! `/v4/subscribers`.

mod condition;
mod engagement;
mod filter;
mod handlers;
mod list;
mod location;
mod stats;

use http::Method;

use super::route::Route;
use crate::world::Access::Credential;

pub(super) use list::Filters;

const ONE: &str = "/v4/subscribers/{id}";
const LOCATION: &str = "/v4/subscribers/{subscriber_id}/location";

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/subscribers", Credential, list::list),
    Route::new(Method::POST, "/v4/subscribers", Credential, handlers::create),
    Route::new(Method::POST, "/v4/subscribers/filter", Credential, filter::filter),
    Route::new(Method::GET, ONE, Credential, handlers::get),
    Route::new(Method::PUT, ONE, Credential, handlers::update),
    Route::new(Method::POST, "/v4/subscribers/{id}/unsubscribe", Credential, handlers::unsubscribe),
    Route::new(Method::GET, "/v4/subscribers/{subscriber_id}/stats", Credential, stats::get),
    Route::new(Method::GET, "/v4/subscribers/{subscriber_id}/tags", Credential, list::tags),
    Route::new(Method::POST, LOCATION, Credential, location::pin),
    Route::new(Method::PATCH, LOCATION, Credential, location::pin),
    Route::new(Method::DELETE, LOCATION, Credential, location::delete),
];
