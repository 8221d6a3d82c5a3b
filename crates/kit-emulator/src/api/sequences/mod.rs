//! `/v4/sequences`, with their emails.

mod add_subscriber_to_sequence;
mod add_subscriber_to_sequence_by_email;
mod create_sequence;
mod create_sequence_email;
mod delete_sequence;
mod delete_sequence_email;
mod emails;
mod get_sequence;
mod get_sequence_email;
mod input;
mod list_sequence_emails;
mod list_sequence_subscribers;
mod list_sequences;
mod members;
mod reply;
mod stats;
mod update_sequence;
mod update_sequence_email;

use http::Method;

use super::route::Route;
use crate::world::Access::Credential;

const ONE: &str = "/v4/sequences/{id}";
const EMAILS: &str = "/v4/sequences/{sequence_id}/emails";
const EMAIL: &str = "/v4/sequences/{sequence_id}/emails/{id}";
const SUBSCRIBERS: &str = "/v4/sequences/{sequence_id}/subscribers";

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/sequences", Credential, list_sequences::list),
    Route::new(Method::POST, "/v4/sequences", Credential, create_sequence::create),
    Route::new(Method::GET, ONE, Credential, get_sequence::get),
    Route::new(Method::PUT, ONE, Credential, update_sequence::update),
    Route::new(Method::DELETE, ONE, Credential, delete_sequence::delete),
    Route::new(Method::GET, SUBSCRIBERS, Credential, list_sequence_subscribers::list),
    Route::new(
        Method::POST,
        SUBSCRIBERS,
        Credential,
        add_subscriber_to_sequence_by_email::add_by_email,
    )
    .refusing("Sequence is inactive"),
    Route::new(
        Method::POST,
        "/v4/sequences/{sequence_id}/subscribers/{id}",
        Credential,
        add_subscriber_to_sequence::add_by_id,
    ),
    Route::new(Method::GET, EMAILS, Credential, list_sequence_emails::list),
    Route::new(Method::POST, EMAILS, Credential, create_sequence_email::create)
        .refusing(emails::BLANK),
    Route::new(Method::GET, EMAIL, Credential, get_sequence_email::get),
    Route::new(Method::PUT, EMAIL, Credential, update_sequence_email::update),
    Route::new(Method::DELETE, EMAIL, Credential, delete_sequence_email::delete),
];
