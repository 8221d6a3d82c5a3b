//! `GET /v4/subscribers/{id}`.

use serde_json::Value;

use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::server::Reply;

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let subscriber = world.tables.subscribers.get(call.id()?).ok_or_else(Reply::not_found)?;
    let mut json = subscriber.to_json(&world.tables.custom_fields);
    json["canceled_at"] = subscriber.canceled_at.as_deref().map_or(Value::Null, Into::into);
    json["location"] = subscriber.location_json();
    Ok(ok("subscriber", json))
}
