//! `GET /v4/subscribers/{subscriber_id}/tags`.

use serde_json::{Map, Value, json};

use crate::api::call::Call;
use crate::api::replies::page_of_rows;
use crate::rows::{Subscriber, World};
use crate::server::Reply;
use crate::world::Row;

/// The tags of a subscriber, with their ids as integers.
pub(super) fn tag_names(world: &World, subscriber: &Subscriber) -> Value {
    let tags = subscriber.tags.keys().filter_map(|id| world.tables.tags.get(*id));
    tags.map(|tag| json!({"id": tag.id, "name": tag.name})).collect()
}

/// A tag of a subscriber.
struct Tagging<'a> {
    id: u64,
    name: &'a str,
    tagged_at: &'a str,
}

impl Row for Tagging<'_> {
    fn id(&self) -> u64 {
        self.id
    }
}

pub(super) fn tags(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let subscriber = world.tables.subscribers.get(call.first_id()?).ok_or_else(Reply::not_found)?;
    let taggings = subscriber.tags.iter().filter_map(|(id, tagged_at)| {
        let tag = world.tables.tags.get(*id)?;
        Some(Tagging { id: *id, name: &tag.name, tagged_at })
    });
    page_of_rows(call, "tags", taggings, |tagging| {
        let mut json = Map::new();
        json.insert("id".into(), tagging.id.into());
        json.insert("name".into(), tagging.name.into());
        json.insert("tagged_at".into(), tagging.tagged_at.into());
        json.into()
    })
}
