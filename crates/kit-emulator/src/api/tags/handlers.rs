use serde_json::Value;

use super::Tag;
use super::tag::{BLANK, NAME, collapsed, folded};
use crate::api::World;
use crate::api::call::Call;
use crate::api::happenings::{Happening, happen};
use crate::api::input::{Input, all, ok, page, upserted};
use crate::server::Reply;
use crate::world::Full;

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let tables = &world.tables;
    let counts = call
        .includes("subscriber_count", &["subscriber_count"])?
        .then(|| tables.subscribers.counts(|subscriber| subscriber.tags.keys()));
    page(call, "tags", tables.tags.rows(), all, |tag| {
        let mut json = tag.to_json();
        if let Some(counts) = &counts {
            json["subscriber_count"] = counts.get(&tag.id).copied().unwrap_or_default().into();
        }
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

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.id()?;
    world.tables.tags.get(id).ok_or_else(Reply::not_found)?;
    let name = Input::read(call)?.filled("name", BLANK)?;
    if world.tables.tags.find(NAME, folded(&name)).is_some_and(|other| other != id) {
        return Err(Reply::unprocessable("Name has already been taken"));
    }
    let tag = world.tables.tags.change(id, |tag| tag.name = collapsed(&name));
    Ok(ok("tag", tag.ok_or_else(Reply::not_found)?.to_json()))
}
