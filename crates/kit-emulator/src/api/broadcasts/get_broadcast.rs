//! `GET /v4/broadcasts/{id}`.

use super::reply::json;
use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::server::Reply;

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let now = world.clock.time();
    let broadcast = world.tables.broadcasts.get(call.id()?).ok_or_else(Reply::not_found)?;
    Ok(ok("broadcast", json(world, broadcast, &now)))
}
