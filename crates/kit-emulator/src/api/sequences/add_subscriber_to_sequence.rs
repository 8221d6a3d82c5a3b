//! `POST /v4/sequences/{sequence_id}/subscribers/{id}`.

use super::members::{known, reply};
use crate::api::call::Call;
use crate::rows::World;
use crate::server::Reply;

pub(super) fn add_by_id(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let (sequence, subscriber) = (known(world, call)?, call.id()?);
    reply(world, sequence, subscriber)
}
