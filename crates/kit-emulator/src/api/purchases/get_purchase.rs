//! `GET /v4/purchases/{id}`.

use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::server::Reply;

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let purchase = world.tables.purchases.get(call.id()?).ok_or_else(Reply::not_found)?;
    Ok(ok("purchase", purchase.to_json()))
}
