//! `GET /v4/webhook_endpoints/{id}`.

use http::StatusCode;
use serde_json::json;

use crate::api::call::Call;
use crate::rows::World;
use crate::server::Reply;

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let endpoint = world.tables.endpoints.get(call.id()?).ok_or_else(Reply::not_found)?;
    let endpoint = endpoint.to_json(world.clock.now());
    Ok(Reply::json(StatusCode::OK, json!({"webhook_endpoint": endpoint})))
}
