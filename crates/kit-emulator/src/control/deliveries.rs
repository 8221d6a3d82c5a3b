//! `GET /_kit/deliveries`: what was delivered, and what is to be, oldest first. `GET /_kit/deliveries/ID`: one of them, with its
//! body. `POST /_kit/deliveries/ID/deliver`: its next attempt, now.

use http::StatusCode;
use serde_json::{Value, json};

use super::query::{is_set, limit, number};
use super::{Controlled, accounts};
use crate::outbox::{Attempt, Delivery, Moment, Target};
use crate::rows::World;
use crate::server::{Reply, Request};
use crate::world::time;

/// With `since`, the `cursor` of another answer: those that have changed. With `brief`: without events and attempts.
pub(super) fn list(kit: &dyn Controlled, request: &Request) -> Reply {
    let listed = accounts::world(kit, request).and_then(|world| {
        let outbox = &world.tables.outbox;
        let write = if is_set(request, "brief") { brief } else { listed };
        let (found, cursor) = match number(request, "since")? {
            Some(since) => outbox.since(since, limit(request)?),
            None => (outbox.deliveries().collect(), outbox.changed()),
        };
        let deliveries: Vec<_> = found.into_iter().map(|found| write(&world, found)).collect();
        Ok(json!({
            "deliveries": deliveries,
            "cursor": cursor,
            "first": outbox.first_id(),
            "last_forgotten": outbox.last_forgotten(),
            "generation": outbox.generation(),
        }))
    });
    match listed {
        Ok(listed) => Reply::json(StatusCode::OK, listed),
        Err(message) => Reply::unprocessable(message),
    }
}

pub(super) fn get(kit: &dyn Controlled, request: &Request, id: &str) -> Reply {
    let world = match accounts::world(kit, request) {
        Ok(world) => world,
        Err(message) => return Reply::unprocessable(message),
    };
    let delivery = id.parse().ok().and_then(|id| world.tables.outbox.get(id));
    let Some(delivery) = delivery else { return Reply::not_found() };
    let mut whole = listed(&world, delivery);
    if let Some(fields) = whole.as_object_mut() {
        let body = String::from_utf8_lossy(&delivery.body()).into_owned();
        fields.insert("body".into(), body.into());
    }
    Reply::json(StatusCode::OK, whole)
}

/// Answers at once: the attempt is under way.
pub(super) fn deliver(kit: &dyn Controlled, request: &Request, id: &str) -> Reply {
    let mut world = match accounts::world(kit, request) {
        Ok(world) => world,
        Err(message) => return Reply::unprocessable(message),
    };
    let moment = Moment { now: world.clock.now(), date: world.clock.unix_seconds() };
    let delivery = id.parse().ok().and_then(|id| world.tables.outbox.get(id));
    let Some((id, target)) = delivery.map(|delivery| (delivery.id, delivery.target)) else {
        return Reply::not_found();
    };
    if !is_told(&world, target) {
        return Reply::unprocessable("its webhook or endpoint is gone, or disabled");
    }
    if !world.tables.outbox.deliver_now(id, moment) {
        return Reply::unprocessable("an attempt is under way, or held back by a fault");
    }
    drop(world);
    kit.changed();
    Reply::empty(StatusCode::ACCEPTED)
}

/// Whether there is somebody to deliver to.
fn is_told(world: &World, target: Target) -> bool {
    let tables = &world.tables;
    match target {
        Target::Endpoint(id) => tables.endpoints.get(id).is_some_and(|endpoint| endpoint.is_active),
        Target::Webhook(id) => tables.webhooks.get(id).is_some(),
        Target::Callback(number) => tables.callbacks.url(number).is_some(),
    }
}

fn brief(world: &World, delivery: &Delivery) -> Value {
    let (tables, now) = (&world.tables, world.clock.now());
    let (endpoint, webhook, url) = match delivery.target {
        Target::Endpoint(id) => {
            let endpoint = tables.endpoints.get(id);
            (Some(id), None, endpoint.map(|endpoint| endpoint.url.as_str()))
        }
        Target::Webhook(id) => {
            let webhook = tables.webhooks.get(id);
            (None, Some(id), webhook.map(|webhook| webhook.target_url.as_str()))
        }
        Target::Callback(number) => (None, None, tables.callbacks.url(number)),
    };
    let due_in = delivery.due().map(|due| due.saturating_sub(now).as_secs_f64());
    json!({
        "id": delivery.id,
        "webhook_endpoint_id": endpoint,
        "webhook_id": webhook,
        "url": url,
        "event_type": delivery.event_type,
        "events": delivery.event_ids.len(),
        "status": delivery.status.as_str(),
        "created_at": time::text(delivery.created_at),
        "completed_at": delivery.completed_at.map(time::text),
        "next_attempt_at": delivery.due().map(|due| time::text(world.clock.unix_seconds_at(due))),
        "next_attempt_in_seconds": due_in,
        "is_under_way": delivery.due().is_none() && delivery.completed_at.is_none(),
        "attempts_made": delivery.attempts.len(),
        "last_status": delivery.attempts.last().and_then(|attempt| attempt.status),
    })
}

fn listed(world: &World, delivery: &Delivery) -> Value {
    let mut whole = brief(world, delivery);
    if let Some(fields) = whole.as_object_mut() {
        let attempts: Vec<_> = delivery.attempts.iter().map(attempt).collect();
        fields.insert("event_ids".into(), json!(delivery.event_ids));
        fields.insert("attempts".into(), attempts.into());
    }
    whole
}

fn attempt(attempt: &Attempt) -> Value {
    json!({
        "at": time::text(attempt.at),
        "status": attempt.status,
        "response_body": attempt.response_body,
        "error": attempt.error,
        "signature": attempt.signature,
        "fault": attempt.fault.as_ref().map(ToString::to_string),
        "duration_ms": attempt.duration.as_secs_f64() * 1000.0,
    })
}
