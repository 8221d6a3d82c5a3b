//! Who is in a sequence.

use serde_json::Value;

use crate::api::call::Call;
use crate::api::happenings::{Happening, happen};
use crate::api::input::{Input, page, upserted};
use crate::api::subscribers::{Filters, Subscriber};
use crate::api::{World, subscribers, time};
use crate::server::Reply;

/// Kit's messages; that for a missing address is not documented.
const INACTIVE: &str = "Sequence is inactive";
const NOBODY: &str =
    "Either subscriber id or email address is required to add subscriber to sequence";

fn known(world: &World, call: &Call<'_>) -> Result<u64, Reply> {
    world
        .tables
        .sequences
        .get(call.first_id()?)
        .map(|sequence| sequence.id)
        .ok_or_else(Reply::not_found)
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let sequence = known(world, call)?;
    let filters = Filters::read(call)?;
    let members =
        world.tables.subscribers.rows().oldest_first().filter(|subscriber: &&Subscriber| {
            let added_at = subscriber.sequences.get(&sequence);
            added_at.is_some_and(|at| filters.let_through(subscriber, "added", at))
        });
    page(call, "subscribers", members, |subscriber| json(world, subscriber.id, sequence))
}

fn json(world: &World, subscriber: u64, sequence: u64) -> Value {
    let mut json = subscribers::json(world, subscriber);
    let added_at =
        world.tables.subscribers.get(subscriber).and_then(|s| s.sequences.get(&sequence));
    json["added_at"] = added_at.map_or(Value::Null, |at| at.as_str().into());
    json
}

pub(super) fn add_by_id(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let (sequence, subscriber) = (known(world, call)?, call.id()?);
    add(world, sequence, subscriber)
}

pub(super) fn add_by_email(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let sequence = known(world, call)?;
    if world.tables.sequences.get(sequence).is_some_and(|sequence| !sequence.active) {
        return Err(Reply::unprocessable(INACTIVE));
    }
    let email_address = Input::read_optional(call)?.filled("email_address", NOBODY)?;
    let subscriber = world.tables.subscribers.find(&email_address).ok_or_else(Reply::not_found)?;
    add(world, sequence, subscriber)
}

fn add(world: &mut World, sequence: u64, subscriber: u64) -> Result<Reply, Reply> {
    let now = time::now(world);
    let row = world.tables.subscribers.get_mut(subscriber).ok_or_else(Reply::not_found)?;
    let is_new = !row.sequences.contains_key(&sequence);
    if is_new {
        row.sequences.insert(sequence, now);
        happen(world, &Happening::AddedToSequence { subscriber, sequence });
    }
    Ok(upserted("subscriber", json(world, subscriber, sequence), is_new))
}
