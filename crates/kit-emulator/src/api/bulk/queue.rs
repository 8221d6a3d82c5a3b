//! The queue of bulk requests.

use http::StatusCode;
use serde_json::{Value, json};

use crate::rows::{Later, Operation, World};
use crate::server::Reply;

/// How many bytes may be queued: 300 MB for all bulk operations together.
const MAX_BYTES: usize = 300_000_000;

/// Kit's message.
const TOO_MUCH: &str = "This request exceeds your queued bulk requests limit. Please wait while we process your existing requests and try again later.";

pub(super) fn enqueue(
    world: &mut World,
    operation: Operation,
    items: Vec<Value>,
    callback_url: Option<String>,
    bytes: usize,
) -> Result<Reply, Reply> {
    if world.tables.later.bytes().saturating_add(bytes) > MAX_BYTES {
        return Err(Reply::error(StatusCode::PAYLOAD_TOO_LARGE, TOO_MUCH));
    }
    Later::bulk(world, operation, items, callback_url, bytes);
    Ok(Reply::json(StatusCode::ACCEPTED, json!({})))
}
