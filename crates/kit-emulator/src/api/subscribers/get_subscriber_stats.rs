//! `GET /v4/subscribers/{subscriber_id}/stats`.

use serde_json::json;

use super::stats::of;
use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::server::Reply;

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.first_id()?;
    world.tables.subscribers.get(id).ok_or_else(Reply::not_found)?;
    call.check_dates(&["email_sent"])?;
    let range = call.range("email_sent");
    let stats = of(world, id, |time| range.contains(time));
    Ok(ok("subscriber", json!({"id": id, "stats": stats})))
}
