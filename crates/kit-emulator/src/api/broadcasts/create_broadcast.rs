//! `POST /v4/broadcasts`.

use super::input::read;
use super::reply::json;
use crate::api::call::Call;
use crate::api::replies::{created, full};
use crate::events::{Happening, happen};
use crate::rows::{Broadcast, World};
use crate::server::{Input, Reply};

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let new = Broadcast::new(world.clock.time(), world);
    let given = read(world, &Input::read(call.request)?, new)?;
    // Kit schedules what is created with a time.
    let is_scheduled = given.send_at.is_some();
    let broadcast = world.tables.broadcasts.insert(|id| Broadcast { id, is_scheduled, ..given });
    let id = broadcast.map_err(full)?;
    happen(world, &Happening::BroadcastCreated { broadcast: id });
    let now = world.clock.time();
    let broadcast = world.tables.broadcasts.get(id).ok_or_else(Reply::not_found)?;
    Ok(created("broadcast", json(world, broadcast, &now)))
}
