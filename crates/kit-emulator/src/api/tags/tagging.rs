//! Who has a tag.

use serde_json::Value;

use crate::api::call::Call;
use crate::api::happenings::{Happening, happen};
use crate::api::input::{Input, no_content, page, upserted};
use crate::api::subscribers::{Filters, Subscriber};
use crate::api::{World, subscribers, time};
use crate::server::Reply;

/// Kit's messages.
pub(super) const NOBODY: &str =
    "Either subscriber id or email address is required to tag subscriber";
pub(super) const NOBODY_TO_UNTAG: &str =
    "Either subscriber id or email address is required to remove tag from subscriber";

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let tag = known(world, call)?;
    let filters = Filters::read(call)?;
    let tables = &world.tables;
    let tagged = tables.subscribers.rows().oldest_first().filter(|subscriber: &&Subscriber| {
        let tagged_at = subscriber.tags.get(&tag);
        tagged_at.is_some_and(|at| filters.let_through(subscriber, "tagged", at))
    });
    page(call, "subscribers", tagged, |subscriber| json(world, subscriber.id, tag))
}

fn known(world: &World, call: &Call<'_>) -> Result<u64, Reply> {
    let tag = call.first_id()?;
    world.tables.tags.get(tag).map(|tag| tag.id).ok_or_else(Reply::not_found)
}

/// The subscriber, with when it got the tag.
fn json(world: &World, subscriber: u64, tag: u64) -> Value {
    let mut json = subscribers::json(world, subscriber);
    let tagged_at = world.tables.subscribers.get(subscriber).and_then(|s| s.tags.get(&tag));
    json["tagged_at"] = tagged_at.map_or(Value::Null, |at| at.as_str().into());
    json
}

pub(super) fn tag_by_id(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let (tag_id, subscriber) = (known(world, call)?, call.id()?);
    reply(world, tag_id, subscriber)
}

pub(super) fn tag_by_email(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let tag_id = known(world, call)?;
    let email_address = Input::read_optional(call)?.filled("email_address", NOBODY)?;
    let subscriber = world.tables.subscribers.find(&email_address).ok_or_else(Reply::not_found)?;
    reply(world, tag_id, subscriber)
}

fn reply(world: &mut World, tag_id: u64, subscriber: u64) -> Result<Reply, Reply> {
    let is_new = tag(world, tag_id, subscriber).ok_or_else(Reply::not_found)?;
    Ok(upserted("subscriber", json(world, subscriber, tag_id), is_new))
}

/// Gives a subscriber a tag. Whether that is new; `None` where there is no such subscriber.
pub(in crate::api) fn tag(world: &mut World, tag: u64, subscriber: u64) -> Option<bool> {
    let now = time::now(world);
    let row = world.tables.subscribers.get_mut(subscriber)?;
    let is_new = !row.tags.contains_key(&tag);
    if is_new {
        row.tags.insert(tag, now);
        happen(world, &Happening::TagAdded { subscriber, tag });
    }
    Some(is_new)
}

/// Takes a tag from a subscriber. Whether it had the tag.
pub(in crate::api) fn untag(world: &mut World, tag: u64, subscriber: u64) -> bool {
    let row = world.tables.subscribers.get_mut(subscriber);
    let had = row.is_some_and(|row| row.tags.remove(&tag).is_some());
    if had {
        happen(world, &Happening::TagRemoved { subscriber, tag });
    }
    had
}

pub(super) fn untag_by_id(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let (tag, subscriber) = (known(world, call)?, call.id()?);
    world.tables.subscribers.get(subscriber).ok_or_else(Reply::not_found)?;
    untag(world, tag, subscriber);
    Ok(no_content())
}

/// The address is in the query, or in the body: where Kit reads it is not documented.
pub(super) fn untag_by_email(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let tag = known(world, call)?;
    let email_address = match call.parameter("email_address") {
        Some(email_address) => email_address.into_owned(),
        None => Input::read_optional(call)?.filled("email_address", NOBODY_TO_UNTAG)?,
    };
    let subscriber = world.tables.subscribers.find(&email_address).ok_or_else(Reply::not_found)?;
    untag(world, tag, subscriber);
    Ok(no_content())
}
