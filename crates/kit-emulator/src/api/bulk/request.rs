//! A bulk request, whatever its operation.

use super::{items, queue};
use crate::api::call::Call;
use crate::changes::is_over_limit;
use crate::rows::{Operation, World};
use crate::server::{Input, Reply};

/// Up to so many items are done within the request.
const AT_ONCE: usize = 100;

pub(super) fn bulk(
    world: &mut World,
    call: &Call<'_>,
    operation: Operation,
) -> Result<Reply, Reply> {
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
