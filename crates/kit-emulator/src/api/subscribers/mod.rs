//! `/v4/subscribers`.

mod condition;
mod create_subscriber;
mod delete_location;
mod engagement;
mod filter_subscribers;
mod filters;
mod get_subscriber;
mod get_subscriber_stats;
mod input;
mod list_subscriber_tags;
mod list_subscribers;
mod pin_location;
mod place;
mod stats;
mod unsubscribe;
mod update_subscriber;

use http::Method;

use super::route::Route;
use crate::world::Access::Credential;

pub(super) use filters::Filters;

const ONE: &str = "/v4/subscribers/{id}";
const LOCATION: &str = "/v4/subscribers/{subscriber_id}/location";

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/subscribers", Credential, list_subscribers::list),
    Route::new(Method::POST, "/v4/subscribers", Credential, create_subscriber::create),
    Route::new(Method::POST, "/v4/subscribers/filter", Credential, filter_subscribers::filter),
    Route::new(Method::GET, ONE, Credential, get_subscriber::get),
    Route::new(Method::PUT, ONE, Credential, update_subscriber::update),
    Route::new(
        Method::POST,
        "/v4/subscribers/{id}/unsubscribe",
        Credential,
        unsubscribe::unsubscribe,
    ),
    Route::new(
        Method::GET,
        "/v4/subscribers/{subscriber_id}/stats",
        Credential,
        get_subscriber_stats::get,
    ),
    Route::new(
        Method::GET,
        "/v4/subscribers/{subscriber_id}/tags",
        Credential,
        list_subscriber_tags::tags,
    ),
    Route::new(Method::POST, LOCATION, Credential, pin_location::pin),
    Route::new(Method::PATCH, LOCATION, Credential, pin_location::pin),
    Route::new(Method::DELETE, LOCATION, Credential, delete_location::delete),
];
