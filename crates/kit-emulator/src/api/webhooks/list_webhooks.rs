//! `GET /v4/webhooks`.

use http::StatusCode;
use serde_json::json;

use super::Webhook;
use crate::api::World;
use crate::api::call::Call;
use crate::server::Reply;
use crate::world::Page;

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let page = Page::read(call.request.parameters()).map_err(Reply::unprocessable)?;
    let (webhooks, pagination) = page.of(&world.tables.webhooks);
    let webhooks: Vec<_> = webhooks.into_iter().map(Webhook::to_json).collect();
    Ok(Reply::json(StatusCode::OK, json!({"webhooks": webhooks, "pagination": pagination})))
}
