//! `POST /_kit/events`: makes events happen. `GET /_kit/events`: their types, with data as they are made up.

use http::StatusCode;
use serde_json::{Value, json};

use super::json::{number, object, text};
use super::{Controlled, accounts};
use crate::events::{self, Trigger, made_up};
use crate::rows::{event_type, legacy_event};
use crate::server::{Reply, Request};

/// How many deliveries are named, at most.
const MOST_NAMED: usize = 1000;

pub(super) fn trigger(kit: &dyn Controlled, request: &Request) -> Reply {
    let happened = read(request).and_then(|trigger| {
        let mut world = accounts::world(kit, request)?;
        let before = world.tables.outbox.last_id();
        let ids = events::trigger(&mut world, &trigger)?;
        Ok((ids, before, world.tables.outbox.last_id()))
    });
    match happened {
        Ok((ids, before, last)) => {
            kit.changed();
            let deliveries: Vec<_> = (before + 1..=last).take(MOST_NAMED).collect();
            let body = json!({"events": ids, "told": last - before, "deliveries": deliveries});
            Reply::json(StatusCode::CREATED, body)
        }
        Err(message) => Reply::unprocessable(message),
    }
}

pub(super) fn types(kit: &dyn Controlled) -> Reply {
    let created = kit.world().clock.time();
    let of_endpoints = event_type::AVAILABLE.into_iter().map(|name| {
        json!({"type": name, "of": "webhook_endpoints", "data": made_up::data(name, 1, &created)})
    });
    let of_webhooks = legacy_event::EVENTS.into_iter().map(|(name, parameter)| {
        let data = made_up::legacy(name, 1, &created);
        let parameter = parameter.map(legacy_event::Parameter::key);
        json!({"type": name, "of": "webhooks", "parameter": parameter, "data": data})
    });
    let types: Vec<_> = of_endpoints.chain(of_webhooks).collect();
    Reply::json(StatusCode::OK, json!({"types": types}))
}

fn read(request: &Request) -> Result<Trigger, String> {
    let json: Value = serde_json::from_slice(&request.body)
        .map_err(|error| format!("The body is not JSON: {error}"))?;
    let json = object(&json, &["type", "count", "data", "subscriber_id"])?;
    let event_type = text(json, "type")?.ok_or("`type` is missing")?.to_owned();
    let count = number(json, "count")?.unwrap_or(1);
    let data = json.get("data").filter(|data| !data.is_null()).cloned();
    let subscriber = number(json, "subscriber_id")?;
    if data.is_some() && subscriber.is_some() {
        return Err("`data` and `subscriber_id` do not go together".into());
    }
    Ok(Trigger { event_type, count, data, subscriber })
}
