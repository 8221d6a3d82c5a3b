//! Who has a tag.

use serde_json::Value;

use crate::api::call::Call;
use crate::api::replies::{no_content, page, upserted};
use crate::api::subscribers::Filters;
use crate::changes::subscribers::named;
use crate::changes::tags::{tag, untag};
use crate::rows::{Subscriber, World};
use crate::server::{Input, Reply};

/// Kit's messages.
pub(super) const NOBODY: &str =
    "Either subscriber id or email address is required to tag subscriber";
pub(super) const NOBODY_TO_UNTAG: &str =
    "Either subscriber id or email address is required to remove tag from subscriber";

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let world = &*world;
    let tag = known(world, call)?;
    let filters = Filters::read(call, "tagged")?;
    let is_tagged = |subscriber: &Subscriber| {
        let tagged_at = subscriber.tags.get(&tag);
        tagged_at.is_some_and(|at| filters.let_through(subscriber, at))
    };
    let rows = world.tables.subscribers.rows();
    page(call, "subscribers", rows, is_tagged, |subscriber| {
        with_time(filters.json(world, subscriber), subscriber, tag)
    })
}

fn known(world: &World, call: &Call<'_>) -> Result<u64, Reply> {
    let tag = call.first_id()?;
    world.tables.tags.get(tag).map(|tag| tag.id).ok_or_else(Reply::not_found)
}

/// Adds when the subscriber got the tag.
fn with_time(mut json: Value, subscriber: &Subscriber, tag: u64) -> Value {
    json["tagged_at"] = subscriber.tags.get(&tag).map(String::as_str).into();
    json
}

pub(super) fn tag_by_id(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let (tag_id, subscriber) = (known(world, call)?, call.id()?);
    reply(world, tag_id, subscriber)
}

pub(super) fn tag_by_email(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let tag_id = known(world, call)?;
    let subscriber = named(world, &Input::read_optional(call.request)?, NOBODY)?;
    reply(world, tag_id, subscriber)
}

fn reply(world: &mut World, tag_id: u64, subscriber: u64) -> Result<Reply, Reply> {
    let is_new = tag(world, tag_id, subscriber).ok_or_else(Reply::not_found)?;
    let subscriber = world.tables.subscribers.get(subscriber).ok_or_else(Reply::not_found)?;
    let json = subscriber.to_json(&world.tables.custom_fields);
    Ok(upserted("subscriber", with_time(json, subscriber, tag_id), is_new))
}

pub(super) fn untag_by_id(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let (tag, subscriber) = (known(world, call)?, call.id()?);
    world.tables.subscribers.get(subscriber).ok_or_else(Reply::not_found)?;
    untag(world, tag, subscriber);
    Ok(no_content())
}

/// The live service reads the address from the body. In the query, it is no address at all.
pub(super) fn untag_by_email(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let tag = known(world, call)?;
    let subscriber = named(world, &Input::read_optional(call.request)?, NOBODY_TO_UNTAG)?;
    untag(world, tag, subscriber);
    Ok(no_content())
}
