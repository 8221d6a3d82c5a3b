//! `/v4/sequences`, with their emails.

mod emails;
mod handlers;
mod members;
mod stats;

use http::Method;

use super::route::Route;
use crate::world::Access::Credential;

const ONE: &str = "/v4/sequences/{id}";
const EMAILS: &str = "/v4/sequences/{sequence_id}/emails";
const EMAIL: &str = "/v4/sequences/{sequence_id}/emails/{id}";
const SUBSCRIBERS: &str = "/v4/sequences/{sequence_id}/subscribers";

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/sequences", Credential, handlers::list),
    Route::new(Method::POST, "/v4/sequences", Credential, handlers::create),
    Route::new(Method::GET, ONE, Credential, handlers::get),
    Route::new(Method::PUT, ONE, Credential, handlers::update),
    Route::new(Method::DELETE, ONE, Credential, handlers::delete),
    Route::new(Method::GET, SUBSCRIBERS, Credential, members::list),
    Route::new(Method::POST, SUBSCRIBERS, Credential, members::add_by_email)
        .refusing("Sequence is inactive"),
    Route::new(
        Method::POST,
        "/v4/sequences/{sequence_id}/subscribers/{id}",
        Credential,
        members::add_by_id,
    ),
    Route::new(Method::GET, EMAILS, Credential, emails::list),
    Route::new(Method::POST, EMAILS, Credential, emails::create).refusing(emails::BLANK),
    Route::new(Method::GET, EMAIL, Credential, emails::get),
    Route::new(Method::PUT, EMAIL, Credential, emails::update),
    Route::new(Method::DELETE, EMAIL, Credential, emails::delete),
];
