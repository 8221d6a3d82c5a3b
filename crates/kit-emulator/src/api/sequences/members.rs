//! The subscribers in a sequence.

use http::StatusCode;
use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::replies::upserted;
use crate::changes::sequences;
use crate::rows::{Subscriber, World};
use crate::server::Reply;

/// Kit's messages; that for a missing address is not documented.
const INACTIVE: &str = "Sequence is inactive";

pub(super) const NOBODY: &str =
    "Either subscriber id or email address is required to add subscriber to sequence";

/// Kit's refusal has a list in its list, as clients of Kit's own read it.
pub(super) fn inactive() -> Reply {
    Reply::json(StatusCode::UNPROCESSABLE_ENTITY, json!({"errors": [[INACTIVE]]}))
}

pub(super) fn known(world: &World, call: &Call<'_>) -> Result<u64, Reply> {
    world
        .tables
        .sequences
        .get(call.first_id()?)
        .map(|sequence| sequence.id)
        .ok_or_else(Reply::not_found)
}

/// Adds when the subscriber entered the sequence.
pub(super) fn with_time(mut json: Value, subscriber: &Subscriber, sequence: u64) -> Value {
    json["added_at"] = subscriber.sequences.get(&sequence).map(String::as_str).into();
    json
}

pub(super) fn reply(world: &mut World, sequence: u64, subscriber: u64) -> Result<Reply, Reply> {
    let is_new = sequences::add(world, sequence, subscriber).ok_or_else(Reply::not_found)?;
    let subscriber = world.tables.subscribers.get(subscriber).ok_or_else(Reply::not_found)?;
    let json = subscriber.to_json(&world.tables.custom_fields);
    Ok(upserted("subscriber", with_time(json, subscriber, sequence), is_new))
}
