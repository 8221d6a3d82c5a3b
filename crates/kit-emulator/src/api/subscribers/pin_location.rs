//! `POST /v4/subscribers/{subscriber_id}/location` and `PATCH /v4/subscribers/{subscriber_id}/location`.

use serde_json::json;

use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::server::{Input, Reply};

/// Pins a location, and replaces the one that is pinned: each of the six fields has to be there.
pub(super) fn pin(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.first_id()?;
    world.tables.subscribers.get(id).ok_or_else(Reply::not_found)?;
    let location = Input::read(call.request)?.object("location")?.unwrap_or_default();
    let mut pinned = json!({});
    for (field, name) in [
        ("city", "City"),
        ("state_province", "State province"),
        ("country_code", "Country code"),
        ("timezone", "Timezone"),
    ] {
        pinned[field] = location.filled(field, &format!("{name} can't be blank"))?.into();
    }
    for (field, name) in [("latitude", "Latitude"), ("longitude", "Longitude")] {
        let missing = || Reply::unprocessable(format!("{name} can't be blank"));
        pinned[field] = location.number(field)?.ok_or_else(missing)?.into();
    }
    if let Some(subscriber) = world.tables.subscribers.get_mut(id) {
        subscriber.location = Some(pinned.clone());
    }
    Ok(ok("subscriber", json!({"id": id, "location": pinned})))
}
