//! `GET /v4/sequences/{id}`.

use super::reply::to_json;
use super::stats::sequence_stats;
use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::server::Reply;

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let sequence = world.tables.sequences.get(call.id()?).ok_or_else(Reply::not_found)?;
    let mut json = to_json(world, sequence);
    if call.includes("stats", &["stats"])? {
        json["stats"] = sequence_stats();
    }
    Ok(ok("sequence", json))
}
