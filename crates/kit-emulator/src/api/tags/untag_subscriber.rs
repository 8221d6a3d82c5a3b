//! `DELETE /v4/tags/{tag_id}/subscribers/{id}`.

use super::tagging::known;
use crate::api::call::Call;
use crate::api::replies::no_content;
use crate::changes::tags::untag;
use crate::rows::World;
use crate::server::Reply;

pub(super) fn untag_by_id(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let (tag, subscriber) = (known(world, call)?, call.id()?);
    world.tables.subscribers.get(subscriber).ok_or_else(Reply::not_found)?;
    untag(world, tag, subscriber);
    Ok(no_content())
}
