use serde_json::Value;

use super::Tag;
use super::tag::BLANK;
use crate::api::World;
use crate::api::call::Call;
use crate::api::happenings::{Happening, happen};
use crate::api::input::{Input, ok, page, upserted};
use crate::api::time;
use crate::server::Reply;
use crate::world::Full;

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let tables = &world.tables;
    let counts = tables.subscribers.counts(|subscriber| subscriber.tags.keys());
    page(call, "tags", tables.tags.oldest_first(), |tag| {
        let mut json = tag.to_json();
        json["subscriber_count"] = counts.get(&tag.id).copied().unwrap_or_default().into();
        json
    })
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let name = Input::read(call)?.filled("name", BLANK)?;
    let (tag, is_new) = upsert(world, &name).map_err(crate::api::input::full)?;
    Ok(upserted("tag", tag, is_new))
}

/// Finds a tag by its name, or creates it. Whether it is new.
pub(in crate::api) fn upsert(world: &mut World, name: &str) -> Result<(Value, bool), Full> {
    if let Some(tag) = world.tables.tags.oldest_first().find(|tag| tag.name == name) {
        return Ok((tag.to_json(), false));
    }
    let created_at = time::now(world);
    let tag = world.tables.tags.insert(|id| Tag { id, name: name.to_owned(), created_at })?;
    let (id, json) = (tag.id, tag.to_json());
    happen(world, &Happening::TagCreated { tag: id });
    Ok((json, true))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.id()?;
    world.tables.tags.get(id).ok_or_else(Reply::not_found)?;
    let name = Input::read(call)?.filled("name", BLANK)?;
    if world.tables.tags.oldest_first().any(|tag| tag.name == name && tag.id != id) {
        return Err(Reply::unprocessable("Name has already been taken"));
    }
    let tag = world.tables.tags.get_mut(id).ok_or_else(Reply::not_found)?;
    tag.name = name;
    Ok(ok("tag", tag.to_json()))
}
