//! `POST /_kit/events`: makes events happen.

use http::StatusCode;
use serde_json::{Value, json};

use super::json::{number, object, text};
use super::{Controlled, accounts};
use crate::events::{self, Trigger};
use crate::server::{Reply, Request};

pub(super) fn trigger(kit: &dyn Controlled, request: &Request) -> Reply {
    let ids = read(request)
        .and_then(|trigger| events::trigger(&mut *accounts::world(kit, request)?, &trigger));
    match ids {
        Ok(ids) => {
            kit.changed();
            Reply::json(StatusCode::CREATED, json!({"events": ids}))
        }
        Err(message) => Reply::unprocessable(message),
    }
}

fn read(request: &Request) -> Result<Trigger, String> {
    let json: Value = serde_json::from_slice(&request.body)
        .map_err(|error| format!("The body is not JSON: {error}"))?;
    let json = object(&json, &["type", "count", "data"])?;
    let event_type = text(json, "type")?.ok_or("`type` is missing")?.to_owned();
    let count = number(json, "count")?.unwrap_or(1);
    let data = json.get("data").filter(|data| !data.is_null()).cloned();
    Ok(Trigger { event_type, count, data })
}
