//! `GET /v4/webhook_endpoints/{id}/deliveries` and `…/deliveries/{delivery_id}`. The names of their fields, but for
//! those that Kit's guide names, are made up.

use http::StatusCode;
use serde_json::{Value, json};

use crate::api::call::Call;
use crate::outbox::{Attempt, Delivery, Moment, Target};
use crate::rows::World;
use crate::rows::event_type::is_known;
use crate::server::Reply;
use crate::world::{Page, Row, time};

const STATUSES: [&str; 4] = ["pending", "retrying", "delivered", "failed"];

impl Row for Delivery {
    fn id(&self) -> u64 {
        self.id
    }
}

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

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let endpoint = call.first_id()?;
    world.tables.endpoints.get(call.first_id()?).ok_or_else(Reply::not_found)?;
    forget(world);
    let delivery = world.tables.outbox.get(call.id()?);
    let delivery = delivery.filter(|delivery| delivery.target == Target::Endpoint(endpoint));
    let delivery = delivery.ok_or_else(Reply::not_found)?;
    let mut json = record(delivery);
    if let Some(fields) = json.as_object_mut() {
        fields.insert("attempts".into(), delivery.attempts.iter().map(attempt).collect());
        if call.is_set("include_payload") {
            let payload: Value = serde_json::from_slice(&delivery.body()).unwrap_or_default();
            fields.insert("payload".into(), payload);
        }
    }
    Ok(Reply::json(StatusCode::OK, json!({"delivery": json})))
}

fn record(delivery: &Delivery) -> Value {
    json!({
        "id": delivery.id,
        "event_type": delivery.event_type,
        "status": delivery.status.as_str(),
        "attempt_count": delivery.attempts.len(),
        "created_at": time::text(delivery.created_at),
        "completed_at": delivery.completed_at.map(time::text),
    })
}

fn attempt(attempt: &Attempt) -> Value {
    json!({
        "attempted_at": time::text(attempt.at),
        "http_status": attempt.status,
        "response_body": attempt.response_body,
        "error": attempt.error,
        "duration_ms": u64::try_from(attempt.duration.as_millis()).unwrap_or(u64::MAX),
    })
}

/// What is older than 30 days is not shown.
fn forget(world: &mut World) {
    let moment = Moment { now: world.clock.now(), date: world.clock.unix_seconds() };
    world.tables.outbox.forget(moment);
}
