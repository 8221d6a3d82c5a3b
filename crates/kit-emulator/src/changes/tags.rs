use serde_json::Value;

use crate::events::{Happening, happen};
use crate::rows::tag::{NAME, collapsed, folded};
use crate::rows::{Tag, World};
use crate::world::Full;

/// Finds a tag by its name, or creates it. Whether it is new.
pub(crate) fn upsert(world: &mut World, name: &str) -> Result<(Value, bool), Full> {
    let tags = &world.tables.tags;
    if let Some(tag) = tags.find(NAME, folded(name)).and_then(|id| tags.get(id)) {
        return Ok((tag.to_json(), false));
    }
    let name = collapsed(name);
    let created_at = world.clock.time();
    let tag = world.tables.tags.insert(|id| Tag { id, name, created_at })?;
    let (id, json) = (tag.id, tag.to_json());
    happen(world, &Happening::TagCreated { tag: id });
    Ok((json, true))
}

/// Gives a subscriber a tag. Whether that is new; `None` where there is no such subscriber.
pub(crate) fn tag(world: &mut World, tag: u64, subscriber: u64) -> Option<bool> {
    let now = world.clock.time();
    let row = world.tables.subscribers.get_mut(subscriber)?;
    let is_new = !row.tags.contains_key(&tag);
    if is_new {
        row.tags.insert(tag, now);
        happen(world, &Happening::TagAdded { subscriber, tag });
    }
    Some(is_new)
}

/// Takes a tag from a subscriber. Whether it had the tag.
pub(crate) fn untag(world: &mut World, tag: u64, subscriber: u64) -> bool {
    let row = world.tables.subscribers.get_mut(subscriber);
    let had = row.is_some_and(|row| row.tags.remove(&tag).is_some());
    if had {
        happen(world, &Happening::TagRemoved { subscriber, tag });
    }
    had
}
