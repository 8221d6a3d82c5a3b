//! `GET /_kit/deliveries`: what was delivered, and what is to be, oldest first.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Controlled, accounts};
use crate::outbox::{Attempt, Delivery, Target};
use crate::server::{Reply, Request};
use crate::world::time;

pub(super) fn list(kit: &dyn Controlled, request: &Request) -> Reply {
    let world = match accounts::world(kit, request) {
        Ok(world) => world,
        Err(message) => return Reply::unprocessable(message),
    };
    let deliveries: Vec<_> = world.tables.outbox.deliveries().map(of).collect();
    Reply::json(StatusCode::OK, json!({"deliveries": deliveries}))
}

fn of(delivery: &Delivery) -> Value {
    let (endpoint, webhook) = match delivery.target {
        Target::Endpoint(id) => (Some(id), None),
        Target::Webhook(id) => (None, Some(id)),
        Target::Callback(_) => (None, None),
    };
    json!({
        "id": delivery.id,
        "webhook_endpoint_id": endpoint,
        "webhook_id": webhook,
        "event_type": delivery.event_type,
        "event_ids": delivery.event_ids,
        "status": delivery.status.as_str(),
        "created_at": time::text(delivery.created_at),
        "completed_at": delivery.completed_at.map(time::text),
        "attempts": delivery.attempts.iter().map(attempt).collect::<Vec<_>>(),
    })
}

fn attempt(attempt: &Attempt) -> Value {
    json!({
        "at": time::text(attempt.at),
        "status": attempt.status,
        "response_body": attempt.response_body,
        "error": attempt.error,
    })
}
