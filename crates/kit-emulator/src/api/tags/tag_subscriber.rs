//! `POST /v4/tags/{tag_id}/subscribers/{id}`.

use super::tagging::{known, reply};
use crate::api::call::Call;
use crate::rows::World;
use crate::server::Reply;

pub(super) fn tag_by_id(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let (tag_id, subscriber) = (known(world, call)?, call.id()?);
    reply(world, tag_id, subscriber)
}
