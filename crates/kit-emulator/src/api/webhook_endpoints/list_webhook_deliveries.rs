//! `GET /v4/webhook_endpoints/{id}/deliveries`.

use http::StatusCode;
use serde_json::json;

use super::deliveries::{STATUSES, forget, record};
use crate::api::call::Call;
use crate::outbox::{Delivery, Target};
use crate::rows::World;
use crate::rows::event_type::is_known;
use crate::server::Reply;
use crate::world::Page;

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.id()?;
    world.tables.endpoints.get(id).ok_or_else(Reply::not_found)?;
    forget(world);
    let page = Page::read(call.request.parameters()).map_err(Reply::unprocessable)?;
    let status = call.request.parameter("status");
    if let Some(status) = status.as_deref().filter(|status| !STATUSES.contains(status)) {
        return Err(Reply::unprocessable(format!("{status:?} is not a status")));
    }
    let event_type = call.request.parameter("event_type");
    if let Some(event_type) = event_type.as_deref().filter(|event_type| !is_known(event_type)) {
        return Err(Reply::unprocessable(format!("{event_type:?} is not an event type")));
    }
    let is_asked_for = |delivery: &&Delivery| {
        delivery.target == Target::Endpoint(id)
            && status.as_deref().is_none_or(|status| delivery.status.as_str() == status)
            && event_type.as_deref().is_none_or(|asked| delivery.event_type == asked)
    };
    let deliveries = world.tables.outbox.deliveries().filter(is_asked_for);
    let (deliveries, pagination) = page.of_rows(deliveries);
    let deliveries: Vec<_> = deliveries.into_iter().map(record).collect();
    let body = json!({"deliveries": deliveries, "pagination": pagination});
    Ok(Reply::json(StatusCode::OK, body))
}
