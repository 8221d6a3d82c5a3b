//! Who is in a sequence.

use http::StatusCode;
use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::replies::{page, upserted};
use crate::api::subscribers::Filters;
use crate::changes::sequences;
use crate::changes::subscribers::named;
use crate::rows::{Subscriber, World};
use crate::server::{Input, Reply};

/// Kit's messages; that for a missing address is not documented.
const INACTIVE: &str = "Sequence is inactive";
const NOBODY: &str =
    "Either subscriber id or email address is required to add subscriber to sequence";

/// Kit's refusal has a list in its list, as clients of Kit's own read it.
fn inactive() -> Reply {
    Reply::json(StatusCode::UNPROCESSABLE_ENTITY, json!({"errors": [[INACTIVE]]}))
}

fn known(world: &World, call: &Call<'_>) -> Result<u64, Reply> {
    world
        .tables
        .sequences
        .get(call.first_id()?)
        .map(|sequence| sequence.id)
        .ok_or_else(Reply::not_found)
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let world = &*world;
    let sequence = known(world, call)?;
    let filters = Filters::read(call, "added")?;
    let is_member = |subscriber: &Subscriber| {
        let added_at = subscriber.sequences.get(&sequence);
        added_at.is_some_and(|at| filters.let_through(subscriber, at))
    };
    let rows = world.tables.subscribers.rows();
    page(call, "subscribers", rows, is_member, |subscriber| {
        with_time(filters.json(world, subscriber), subscriber, sequence)
    })
}

/// Adds when the subscriber entered the sequence.
fn with_time(mut json: Value, subscriber: &Subscriber, sequence: u64) -> Value {
    json["added_at"] = subscriber.sequences.get(&sequence).map(String::as_str).into();
    json
}

pub(super) fn add_by_id(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let (sequence, subscriber) = (known(world, call)?, call.id()?);
    reply(world, sequence, subscriber)
}

pub(super) fn add_by_email(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let sequence = known(world, call)?;
    if world.tables.sequences.get(sequence).is_some_and(|sequence| !sequence.active) {
        return Err(inactive());
    }
    let subscriber = named(world, &Input::read_optional(call.request)?, NOBODY)?;
    reply(world, sequence, subscriber)
}

fn reply(world: &mut World, sequence: u64, subscriber: u64) -> Result<Reply, Reply> {
    let is_new = sequences::add(world, sequence, subscriber).ok_or_else(Reply::not_found)?;
    let subscriber = world.tables.subscribers.get(subscriber).ok_or_else(Reply::not_found)?;
    let json = subscriber.to_json(&world.tables.custom_fields);
    Ok(upserted("subscriber", with_time(json, subscriber, sequence), is_new))
}
