//! `DELETE /v4/subscribers/{subscriber_id}/location`.

use serde_json::Value;

use crate::api::call::Call;
use crate::api::replies::no_content;
use crate::rows::World;
use crate::server::Reply;

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let subscriber = world.tables.subscribers.get_mut(call.first_id()?);
    let subscriber = subscriber.ok_or_else(Reply::not_found)?;
    let pinned: Option<Value> = subscriber.location.take();
    pinned.map(|_| no_content()).ok_or_else(Reply::not_found)
}
