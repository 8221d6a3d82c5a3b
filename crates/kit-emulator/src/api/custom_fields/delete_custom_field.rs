//! `DELETE /v4/custom_fields/{id}`.

use crate::api::call::Call;
use crate::api::replies::no_content;
use crate::events::{self};
use crate::rows::World;
use crate::server::Reply;

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let field = world.tables.custom_fields.remove(call.id()?).ok_or_else(Reply::not_found)?;
    for subscriber in world.tables.subscribers.all_mut() {
        subscriber.fields.remove(&field.id);
    }
    events::deleted(world, "custom_field", &field.to_json());
    Ok(no_content())
}
