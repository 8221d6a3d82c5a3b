//! `DELETE /v4/webhooks/{id}`.

use http::StatusCode;

use crate::api::call::Call;
use crate::rows::World;
use crate::server::Reply;

pub(crate) fn delete(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let deleted = world.tables.webhooks.remove(call.id()?);
    deleted.map(|_| Reply::empty(StatusCode::NO_CONTENT)).ok_or_else(Reply::not_found)
}
