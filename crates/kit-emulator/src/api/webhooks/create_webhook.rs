//! `POST /v4/webhooks`.

use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::replies::{created, full};
use crate::rows::legacy_event::{EVENTS, Parameter};
use crate::rows::{Webhook, World, legacy_event};
use crate::server::{Input, Reply};

/// The documented message.
const MISSING: &str = "`event` and `target` parameters must be provided";

pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let (target_url, event) = read(&Input::read(call.request)?)?;
    let webhook = world.tables.webhooks.insert(|id| Webhook { id, target_url, event });
    let webhook = webhook.map_err(full)?.clone();
    Ok(created("webhook", webhook.to_json(world.account())))
}

/// The target URL, and the event as the reply shows it.
fn read(input: &Input) -> Result<(String, Value), Reply> {
    let (Some(target_url), Some(event)) = (input.text("target_url")?, input.object("event")?)
    else {
        return Err(Reply::unprocessable(MISSING));
    };
    check_url("target_url", &target_url)?;
    Ok((target_url, read_event(&event)?))
}

fn read_event(event: &Input) -> Result<Value, Reply> {
    let missing = |key: &str| Reply::unprocessable(format!("`event.{key}` must be provided"));
    let name = event.text("name")?.ok_or_else(|| missing("name"))?;
    let (short, parameter) = legacy_event::find(&name).ok_or_else(|| {
        let names = EVENTS.map(|(name, _)| name).join(", ");
        Reply::unprocessable(format!(
            "`event.name` {name:?} is not an event; the events are {names}"
        ))
    })?;
    let mut reply = json!({"name": short, "initiator_value": null});
    match parameter {
        None => {}
        Some(parameter @ Parameter::Link(key)) => {
            let link = event.text(key)?.ok_or_else(|| missing(parameter.key()))?;
            check_url(&format!("event.{key}"), &link)?;
            reply[key] = link.into();
        }
        Some(Parameter::Id(key)) => {
            // A sequence was called a course once.
            let older = if key == "sequence_id" { "course_id" } else { key };
            let id = event.integer(key)?.or(event.integer(older)?);
            reply[key] = id.ok_or_else(|| missing(key))?.into();
        }
    }
    Ok(reply)
}

fn check_url(field: &str, url: &str) -> Result<(), Reply> {
    let behind = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    if behind.is_none_or(str::is_empty) {
        return Err(Reply::unprocessable(format!("`{field}` must be an http or https URL")));
    }
    Ok(())
}
