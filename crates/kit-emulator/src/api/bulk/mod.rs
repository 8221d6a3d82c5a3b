//! `/v4/bulk/…`: up to 100 items at once, more by the clock.

mod items;
mod queue;
mod request;

use http::Method;

use super::route::{Handler, Route};
use crate::rows::Operation;
use crate::world::Access::OAuth;

pub(super) static ROUTES: &[Route] = &[
    route(Method::POST, "/v4/bulk/subscribers", |w, c| {
        request::bulk(w, c, Operation::CreateSubscribers)
    }),
    route(Method::POST, "/v4/bulk/tags", |w, c| request::bulk(w, c, Operation::CreateTags)),
    route(Method::DELETE, "/v4/bulk/tags", |w, c| request::bulk(w, c, Operation::DeleteTags)),
    route(Method::POST, "/v4/bulk/tags/subscribers", |w, c| request::bulk(w, c, Operation::Tag)),
    route(Method::DELETE, "/v4/bulk/tags/subscribers", |w, c| {
        request::bulk(w, c, Operation::Untag)
    }),
    route(Method::POST, "/v4/bulk/custom_fields", |w, c| {
        request::bulk(w, c, Operation::CreateFields)
    }),
    route(Method::POST, "/v4/bulk/custom_fields/subscribers", |w, c| {
        request::bulk(w, c, Operation::SetFields)
    }),
    route(Method::POST, "/v4/bulk/forms/subscribers", |w, c| {
        request::bulk(w, c, Operation::AddToForms)
    }),
];

const fn route(method: Method, path: &'static str, handler: Handler) -> Route {
    Route::new(method, path, OAuth, handler)
}
