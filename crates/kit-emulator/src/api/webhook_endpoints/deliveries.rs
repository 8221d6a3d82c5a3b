//! `GET /v4/webhook_endpoints/{id}/deliveries` and `…/deliveries/{delivery_id}`. The names of their fields, but for
//! those that Kit's guide names, are made up.

use serde_json::{Value, json};

use crate::outbox::{Attempt, Delivery, Moment};
use crate::rows::World;
use crate::world::{Row, time};

pub(super) const STATUSES: [&str; 4] = ["pending", "retrying", "delivered", "failed"];

impl Row for Delivery {
    fn id(&self) -> u64 {
        self.id
    }
}

pub(super) fn record(delivery: &Delivery) -> Value {
    json!({
        "id": delivery.id,
        "event_type": delivery.event_type,
        "status": delivery.status.as_str(),
        "attempt_count": delivery.attempts.len(),
        "created_at": time::text(delivery.created_at),
        "completed_at": delivery.completed_at.map(time::text),
    })
}

pub(super) fn attempt(attempt: &Attempt) -> Value {
    json!({
        "attempted_at": time::text(attempt.at),
        "http_status": attempt.status,
        "response_body": attempt.response_body,
        "error": attempt.error,
        "duration_ms": u64::try_from(attempt.duration.as_millis()).unwrap_or(u64::MAX),
    })
}

/// Forgets deliveries that are older than 30 days.
pub(super) fn forget(world: &mut World) {
    let moment = Moment { now: world.clock.now(), date: world.clock.unix_seconds() };
    world.tables.outbox.forget(moment);
}
