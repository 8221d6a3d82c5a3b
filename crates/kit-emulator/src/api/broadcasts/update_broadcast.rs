//! `PUT /v4/broadcasts/{id}` and `PATCH /v4/broadcasts/{id}`.

use super::input::read;
use super::not_sent::not_sent;
use super::reply::json;
use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::server::{Input, Reply};

/// Changes what is given: the rest stays.
pub(super) fn update(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.id()?;
    let before = not_sent(world, id)?.clone();
    let input = Input::read(call.request)?;
    let names_a_time = input.has("send_at") || input.has("public");
    let mut given = read(world, &input, before)?;
    if names_a_time {
        // A changed broadcast is scheduled if it is public, too.
        given.is_scheduled = given.public && given.send_at.is_some();
    }
    let now = world.clock.time();
    world.tables.broadcasts.change(id, |broadcast| *broadcast = given);
    let broadcast = world.tables.broadcasts.get(id).ok_or_else(Reply::not_found)?;
    Ok(ok("broadcast", json(world, broadcast, &now)))
}
