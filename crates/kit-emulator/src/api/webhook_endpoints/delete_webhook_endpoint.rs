//! `DELETE /v4/webhook_endpoints/{id}`.

use http::StatusCode;

use crate::api::World;
use crate::api::call::Call;
use crate::server::Reply;

pub(crate) fn delete(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let endpoint = world.tables.endpoints.get(call.id()?).ok_or_else(Reply::not_found)?;
    endpoint.check_owner(call)?;
    let deleted = world.tables.endpoints.remove(call.id()?);
    deleted.map(|_| Reply::empty(StatusCode::NO_CONTENT)).ok_or_else(Reply::not_found)
}
