//! The subscribers who have a tag.

use serde_json::Value;

use crate::api::call::Call;
use crate::api::replies::upserted;
use crate::changes::tags::tag;
use crate::rows::{Subscriber, World};
use crate::server::Reply;

/// Kit's messages.
pub(super) const NOBODY: &str =
    "Either subscriber id or email address is required to tag subscriber";
pub(super) const NOBODY_TO_UNTAG: &str =
    "Either subscriber id or email address is required to remove tag from subscriber";

pub(super) fn known(world: &World, call: &Call<'_>) -> Result<u64, Reply> {
    let tag = call.first_id()?;
    world.tables.tags.get(tag).map(|tag| tag.id).ok_or_else(Reply::not_found)
}

/// Adds when the subscriber got the tag.
pub(super) fn with_time(mut json: Value, subscriber: &Subscriber, tag: u64) -> Value {
    json["tagged_at"] = subscriber.tags.get(&tag).map(String::as_str).into();
    json
}

pub(super) fn reply(world: &mut World, tag_id: u64, subscriber: u64) -> Result<Reply, Reply> {
    let is_new = tag(world, tag_id, subscriber).ok_or_else(Reply::not_found)?;
    let subscriber = world.tables.subscribers.get(subscriber).ok_or_else(Reply::not_found)?;
    let json = subscriber.to_json(&world.tables.custom_fields);
    Ok(upserted("subscriber", with_time(json, subscriber, tag_id), is_new))
}
