//! `DELETE /v4/sequences/{sequence_id}/emails/{id}`.

use super::emails::email;
use crate::api::call::Call;
use crate::api::replies::no_content;
use crate::rows::World;
use crate::server::Reply;

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = email(world, call)?.id;
    world.tables.sequence_emails.remove(id);
    Ok(no_content())
}
