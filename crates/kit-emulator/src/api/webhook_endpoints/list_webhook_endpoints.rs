//! `GET /v4/webhook_endpoints`.

use http::StatusCode;
use serde_json::json;

use crate::api::World;
use crate::api::call::Call;
use crate::server::Reply;
use crate::world::Page;

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let page = Page::read(call.request.parameters()).map_err(Reply::unprocessable)?;
    let is_active = match call.request.parameter("status").as_deref() {
        None => None,
        Some("active") => Some(true),
        Some("disabled") => Some(false),
        Some(_) => return Err(Reply::unprocessable("status must be active or disabled")),
    };
    let now = world.clock.now();
    let table = &world.tables.endpoints;
    let (endpoints, pagination) = page.of_those(table, |endpoint| {
        is_active.is_none_or(|is_active| endpoint.is_active == is_active)
    });
    let endpoints: Vec<_> = endpoints.into_iter().map(|endpoint| endpoint.to_json(now)).collect();
    let body = json!({"webhook_endpoints": endpoints, "pagination": pagination});
    Ok(Reply::json(StatusCode::OK, body))
}
