//! `/v4/tags`.

mod handlers;
mod tagging;

use http::Method;

use super::route::Route;
use crate::rows::tag::BLANK;
use crate::world::Access::Credential;

const SUBSCRIBERS: &str = "/v4/tags/{tag_id}/subscribers";
const SUBSCRIBER: &str = "/v4/tags/{tag_id}/subscribers/{id}";

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/tags", Credential, handlers::list),
    Route::new(Method::POST, "/v4/tags", Credential, handlers::create).refusing(BLANK),
    Route::new(Method::PUT, "/v4/tags/{id}", Credential, handlers::update).refusing(BLANK),
    Route::new(Method::GET, SUBSCRIBERS, Credential, tagging::list),
    Route::new(Method::POST, SUBSCRIBERS, Credential, tagging::tag_by_email)
        .refusing(tagging::NOBODY),
    Route::new(Method::DELETE, SUBSCRIBERS, Credential, tagging::untag_by_email)
        .refusing(tagging::NOBODY_TO_UNTAG),
    Route::new(Method::POST, SUBSCRIBER, Credential, tagging::tag_by_id),
    Route::new(Method::DELETE, SUBSCRIBER, Credential, tagging::untag_by_id),
];
