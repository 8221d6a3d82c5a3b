//! `POST /v4/webhook_endpoints/{id}/revoke_previous_secret`.

use http::StatusCode;
use serde_json::json;

use crate::api::call::Call;
use crate::rows::World;
use crate::server::Reply;

/// Without a previous secret nothing happens: Kit's answer is not documented.
pub(crate) fn revoke_previous(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let now = world.clock.now();
    let endpoint = world.tables.endpoints.get_mut(call.id()?).ok_or_else(Reply::not_found)?;
    endpoint.previous = None;
    let endpoint = endpoint.to_json(now);
    Ok(Reply::json(StatusCode::OK, json!({"webhook_endpoint": endpoint})))
}
