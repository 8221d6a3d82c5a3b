//! `GET /v4/snippets/{id}`.

use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::server::Reply;

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let snippet = world.tables.snippets.get(call.id()?).ok_or_else(Reply::not_found)?;
    Ok(ok("snippet", snippet.to_json()))
}
