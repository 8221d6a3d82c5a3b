use crate::api::call::Call;
use crate::api::replies::{all, ok, page, upserted};
use crate::changes::tags::upsert;
use crate::rows::World;
use crate::rows::tag::{BLANK, NAME, collapsed, folded};
use crate::server::{Input, Reply};

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
    let name = Input::read(call.request)?.filled("name", BLANK)?;
    let (tag, is_new) = upsert(world, &name).map_err(crate::api::replies::full)?;
    Ok(upserted("tag", tag, is_new))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.id()?;
    world.tables.tags.get(id).ok_or_else(Reply::not_found)?;
    let name = Input::read(call.request)?.filled("name", BLANK)?;
    if world.tables.tags.find(NAME, folded(&name)).is_some_and(|other| other != id) {
        return Err(Reply::unprocessable("Name has already been taken"));
    }
    let tag = world.tables.tags.change(id, |tag| tag.name = collapsed(&name));
    Ok(ok("tag", tag.ok_or_else(Reply::not_found)?.to_json()))
}
