//! `GET /v4/broadcasts/{broadcast_id}/stats`.

use http::StatusCode;

use super::stats::{is_too_old, since, with_stats};
use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::server::Reply;

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let now = world.clock.time();
    let broadcast = world.tables.broadcasts.get(call.first_id()?).ok_or_else(Reply::not_found)?;
    if is_too_old(broadcast, &since(&now)) {
        let message = "Statistics are available for the last five years";
        return Err(Reply::error(StatusCode::BAD_REQUEST, message));
    }
    Ok(ok("broadcast", with_stats(broadcast, &now)))
}
