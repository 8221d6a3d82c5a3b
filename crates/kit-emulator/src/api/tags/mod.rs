//! `/v4/tags`.

mod create_tag;
mod list_tag_subscribers;
mod list_tags;
mod tag_subscriber;
mod tag_subscriber_by_email;
mod tagging;
mod untag_subscriber;
mod untag_subscriber_by_email;
mod update_tag;

use http::Method;

use super::route::Route;
use crate::rows::tag::BLANK;
use crate::world::Access::Credential;

const SUBSCRIBERS: &str = "/v4/tags/{tag_id}/subscribers";
const SUBSCRIBER: &str = "/v4/tags/{tag_id}/subscribers/{id}";

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/tags", Credential, list_tags::list),
    Route::new(Method::POST, "/v4/tags", Credential, create_tag::create).refusing(BLANK),
    Route::new(Method::PUT, "/v4/tags/{id}", Credential, update_tag::update).refusing(BLANK),
    Route::new(Method::GET, SUBSCRIBERS, Credential, list_tag_subscribers::list),
    Route::new(Method::POST, SUBSCRIBERS, Credential, tag_subscriber_by_email::tag_by_email)
        .refusing(tagging::NOBODY),
    Route::new(Method::DELETE, SUBSCRIBERS, Credential, untag_subscriber_by_email::untag_by_email)
        .refusing(tagging::NOBODY_TO_UNTAG),
    Route::new(Method::POST, SUBSCRIBER, Credential, tag_subscriber::tag_by_id),
    Route::new(Method::DELETE, SUBSCRIBER, Credential, untag_subscriber::untag_by_id),
];
