//! `POST /v4/webhooks`.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::Webhook;
use super::events::{self, EVENTS, Parameter};
use crate::api::World;
use crate::api::call::Call;
use crate::server::{Reply, Request};
use crate::world::Full;

/// The documented message.
const MISSING: &str = "`event` and `target` parameters must be provided";

pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let (target_url, event) = read(call.request).map_err(Reply::unprocessable)?;
    let webhook = world.tables.webhooks.insert(|id| Webhook { id, target_url, event });
    let full = |Full| Reply::unprocessable("This Kit holds no more webhooks: delete some");
    let webhook = webhook.map_err(full)?.to_json();
    Ok(Reply::json(StatusCode::CREATED, json!({"webhook": webhook})))
}

/// The target URL, and the event as the reply shows it.
fn read(request: &Request) -> Result<(String, Value), String> {
    let Value::Object(body) = request.json()? else {
        return Err("The body must be a JSON object".into());
    };
    let (target_url, event) = (given(&body, "target_url"), given(&body, "event"));
    let (Some(target_url), Some(event)) = (target_url, event) else {
        return Err(MISSING.into());
    };
    let target_url = url("target_url", target_url)?;
    let Value::Object(event) = event else {
        return Err("`event` must be an object".into());
    };
    Ok((target_url.into(), read_event(event)?))
}

fn read_event(event: &Map<String, Value>) -> Result<Value, String> {
    let name = given(event, "name").ok_or("`event.name` must be provided")?;
    let name = name.as_str().ok_or("`event.name` must be a string")?;
    let (short, parameter) = events::find(name).ok_or_else(|| {
        let names = EVENTS.map(|(name, _)| name).join(", ");
        format!("`event.name` {name:?} is not an event; the events are {names}")
    })?;

    let mut reply = Map::new();
    reply.insert("name".into(), short.into());
    reply.insert("initiator_value".into(), Value::Null);
    if let Some(parameter) = parameter {
        let key = parameter.key();
        let value = given(event, key)
            .ok_or_else(|| format!("`event.{key}` must be provided for {name}"))?;
        match parameter {
            Parameter::Id(_) if value.is_u64() => {}
            Parameter::Id(_) => return Err(format!("`event.{key}` must be an integer")),
            Parameter::Link(_) => url(&format!("event.{key}"), value).map(|_| ())?,
        }
        reply.insert(key.into(), value.clone());
    }
    Ok(Value::Object(reply))
}

/// The value of a key, where it is there and not null.
fn given<'a>(object: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    object.get(key).filter(|value| !value.is_null())
}

fn url<'a>(field: &str, value: &'a Value) -> Result<&'a str, String> {
    let text = value.as_str().ok_or_else(|| format!("`{field}` must be a string"))?;
    let behind = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match behind {
        Some(behind) if !behind.is_empty() => Ok(text),
        _ => Err(format!("`{field}` must be an http or https URL")),
    }
}
