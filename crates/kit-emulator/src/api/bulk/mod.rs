//! `/v4/bulk/…`: up to 100 items at once, more by the clock.

mod items;
mod queue;

use http::Method;

use super::call::Call;
use super::route::{Handler, Route};
use crate::changes::is_over_limit;
use crate::rows::{Operation, World};
use crate::server::{Input, Reply};
use crate::world::Access::OAuth;

/// Up to so many items are done within the request.
const AT_ONCE: usize = 100;

pub(super) static ROUTES: &[Route] = &[
    route(Method::POST, "/v4/bulk/subscribers", |w, c| bulk(w, c, Operation::CreateSubscribers)),
    route(Method::POST, "/v4/bulk/tags", |w, c| bulk(w, c, Operation::CreateTags)),
    route(Method::DELETE, "/v4/bulk/tags", |w, c| bulk(w, c, Operation::DeleteTags)),
    route(Method::POST, "/v4/bulk/tags/subscribers", |w, c| bulk(w, c, Operation::Tag)),
    route(Method::DELETE, "/v4/bulk/tags/subscribers", |w, c| bulk(w, c, Operation::Untag)),
    route(Method::POST, "/v4/bulk/custom_fields", |w, c| bulk(w, c, Operation::CreateFields)),
    route(Method::POST, "/v4/bulk/custom_fields/subscribers", |w, c| {
        bulk(w, c, Operation::SetFields)
    }),
    route(Method::POST, "/v4/bulk/forms/subscribers", |w, c| bulk(w, c, Operation::AddToForms)),
];

const fn route(method: Method, path: &'static str, handler: Handler) -> Route {
    Route::new(method, path, OAuth, handler)
}

fn bulk(world: &mut World, call: &Call<'_>, operation: Operation) -> Result<Reply, Reply> {
    let (list, message) = operation.list();
    items::check(&call.request.body, list).map_err(Reply::unprocessable)?;
    let input = Input::read_optional(call.request)?;
    let items =
        input.get(list).and_then(|items| items.as_array()).filter(|items| !items.is_empty());
    let items = items.ok_or_else(|| Reply::unprocessable(message))?.clone();
    if operation == Operation::CreateSubscribers && is_over_limit(world, &items) {
        let message = "This request would exceed your subscriber limit";
        return Err(Reply::error(http::StatusCode::FORBIDDEN, message));
    }
    let callback_url = input.text("callback_url")?;
    if items.len() > AT_ONCE {
        return queue::enqueue(world, operation, items, callback_url, call.request.body.len());
    }
    Ok(Reply::json(http::StatusCode::OK, operation.run(world, &items)))
}
