//! `DELETE /v4/webhook_endpoints/{id}`.

use http::StatusCode;

use super::owner::check_owner;
use crate::api::call::Call;
use crate::rows::World;
use crate::server::Reply;

pub(crate) fn delete(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let endpoint = world.tables.endpoints.get(call.id()?).ok_or_else(Reply::not_found)?;
    check_owner(endpoint, call)?;
    let deleted = world.tables.endpoints.remove(call.id()?);
    deleted.map(|_| Reply::empty(StatusCode::NO_CONTENT)).ok_or_else(Reply::not_found)
}
