//! `PUT /v4/tags/{id}`.

use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::rows::tag::{BLANK, NAME, collapsed, folded};
use crate::server::{Input, Reply};

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
