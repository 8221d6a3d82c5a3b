//! `POST /v4/webhook_endpoints/{id}/rotate_secret`.

use http::StatusCode;
use serde_json::json;

use super::secrets::{OVERLAP, new_secret};
use crate::api::call::Call;
use crate::rows::World;
use crate::rows::webhook_endpoint::Previous;
use crate::server::{Input, Reply};

/// Kit's message.
const ROTATING: &str = "The previous signing secret is still within its rotation window.";

pub(crate) fn rotate(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let force = Input::read_optional(call.request)?.boolean("force")?.unwrap_or_default();
    let now = world.clock.now();
    let ends_at = now.saturating_add(OVERLAP);
    let ends_at_date = world.clock.unix_seconds_at(ends_at);
    let endpoint = world.tables.endpoints.get_mut(call.id()?).ok_or_else(Reply::not_found)?;
    if endpoint.previous(now).is_some() && !force {
        return Err(Reply::error(StatusCode::CONFLICT, ROTATING));
    }
    let secret = std::mem::replace(&mut endpoint.secret, new_secret());
    endpoint.previous = Some(Previous { secret, ends_at, ends_at_date });
    let endpoint = endpoint.with_secret(now);
    Ok(Reply::json(StatusCode::OK, json!({"webhook_endpoint": endpoint})))
}
