//! `GET /v4/webhook_endpoints`.

use crate::api::call::Call;
use crate::api::replies::page;
use crate::rows::{WebhookEndpoint, World};
use crate::server::Reply;

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let status = call.choice("status", &["active", "disabled"])?;
    let now = world.clock.now();
    let is_asked_for = |endpoint: &WebhookEndpoint| {
        status.is_none_or(|status| endpoint.is_active == (status == "active"))
    };
    let endpoints = &world.tables.endpoints;
    page(call, "webhook_endpoints", endpoints, is_asked_for, |endpoint| endpoint.to_json(now))
}
