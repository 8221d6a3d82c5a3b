//! `PATCH /v4/webhook_endpoints/{id}`.

use http::StatusCode;
use serde_json::json;

use super::input::Input;
use super::owner::check_owner;
use crate::api::call::Call;
use crate::rows::World;
use crate::server::Reply;

pub(crate) fn update(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let now = world.clock.now();
    let endpoint = world.tables.endpoints.get_mut(call.id()?).ok_or_else(Reply::not_found)?;
    check_owner(endpoint, call)?;
    let Input { name, url, description, events, is_active } = Input::read(call)?;
    endpoint.name = name.unwrap_or_else(|| std::mem::take(&mut endpoint.name));
    endpoint.url = url.unwrap_or_else(|| std::mem::take(&mut endpoint.url));
    endpoint.events = events.unwrap_or_else(|| std::mem::take(&mut endpoint.events));
    endpoint.description = description.or_else(|| endpoint.description.take());
    endpoint.is_active = is_active.unwrap_or(endpoint.is_active);
    let endpoint = endpoint.to_json(now);
    Ok(Reply::json(StatusCode::OK, json!({"webhook_endpoint": endpoint})))
}
