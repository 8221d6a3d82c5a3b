//! `DELETE /v4/broadcasts/{id}`.

use super::not_sent::not_sent;
use crate::api::call::Call;
use crate::api::replies::no_content;
use crate::events::{self};
use crate::rows::World;
use crate::server::Reply;

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.id()?;
    let now = world.clock.time();
    let was = not_sent(world, id)?.to_event(&now);
    world.tables.broadcasts.remove(id);
    events::deleted(world, "broadcast", &was);
    Ok(no_content())
}
