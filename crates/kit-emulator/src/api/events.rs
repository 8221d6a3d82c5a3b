//! What happens at Kit, and who is told of it.

use serde_json::{Value, json};

use super::{World, made_up, webhook_endpoints, webhooks};
use crate::outbox::{Event, Moment, Outbox};
use crate::world::iso_8601;

/// How many events are made at once.
const MAX_COUNT: u64 = 100_000;

/// Events that are to happen.
#[derive(Clone, Debug)]
pub(crate) struct Trigger {
    /// The type of the events, or the full name of a legacy event.
    pub(crate) event_type: String,
    pub(crate) count: u64,
    /// Their data, or the body of a legacy delivery. `None`: they are made up.
    pub(crate) data: Option<Value>,
}

/// Makes events happen. Their ids; legacy events have none.
///
/// # Errors
///
/// What is wrong with the trigger.
pub(crate) fn trigger(world: &mut World, trigger: &Trigger) -> Result<Vec<String>, String> {
    let Trigger { event_type, count, data } = trigger;
    if !(1..=MAX_COUNT).contains(count) {
        return Err(format!("`count` is not from 1 to {MAX_COUNT}"));
    }
    check_room(world, trigger)?;
    let moment = Moment { now: world.clock.now(), date: world.clock.unix_seconds() };
    let created = iso_8601(moment.date);
    if webhook_endpoints::is_known(event_type) {
        let events: Vec<Event> = (0..*count)
            .map(|_| {
                world.tables.made_up += 1;
                let number = world.tables.made_up;
                let made_up = || made_up::data(event_type, number, &created);
                Event::new(event_type, created.clone(), data.clone().unwrap_or_else(made_up))
            })
            .collect();
        let ids = events.iter().map(|event| event.id.clone()).collect();
        let tables = &mut world.tables;
        for endpoint in tables.endpoints.oldest_first() {
            if endpoint.is_active && endpoint.events.contains(event_type) {
                tables.outbox.add(endpoint.id, &events, moment);
            }
        }
        return Ok(ids);
    }
    let Some((_, parameter)) = webhooks::find_event(event_type) else {
        return Err(format!("`type` {event_type:?} is no event: neither a type nor a full name"));
    };
    let tables = &mut world.tables;
    for _ in 0..*count {
        tables.made_up += 1;
        let number = tables.made_up;
        let body = data.clone().unwrap_or_else(|| made_up::legacy(event_type, number, &created));
        for webhook in tables.webhooks.oldest_first() {
            let is_of_event = webhook.full_name() == Some(event_type.as_str());
            // Where the body names the parameter, those webhooks alone are told that watch it.
            let is_of_parameter = parameter.is_none_or(|parameter| {
                let given = body.get(parameter.key()).unwrap_or(&Value::Null);
                given.is_null() || webhook.event.get(parameter.key()) == Some(given)
            });
            if is_of_event && is_of_parameter {
                tables.outbox.add_legacy(webhook.id, event_type, &body, moment);
            }
        }
    }
    Ok(Vec::new())
}

/// How large the events of one trigger may be together, in bytes.
const MAX_BYTES: usize = 256 * 1024 * 1024;

/// # Errors
///
/// Where there is no room for the events, or for their deliveries.
fn check_room(world: &World, trigger: &Trigger) -> Result<(), String> {
    let count = usize::try_from(trigger.count).unwrap_or(usize::MAX);
    let data = trigger.data.as_ref().map_or(500, |data| data.to_string().len());
    let size = data.saturating_add(200);
    if count.saturating_mul(size) > MAX_BYTES {
        return Err(format!("`count` and `data` are too large: more than {MAX_BYTES} bytes"));
    }
    let tables = &world.tables;
    let for_each = if webhook_endpoints::is_known(&trigger.event_type) {
        tables.endpoints.oldest_first().count().saturating_mul(Outbox::batches(count, size))
    } else {
        tables.webhooks.oldest_first().count().saturating_mul(count)
    };
    if for_each > tables.outbox.room() {
        return Err("too many deliveries are not delivered yet".into());
    }
    Ok(())
}

/// The state that a program can read, and put back.
pub(crate) fn state(world: &World) -> Value {
    let webhooks: Vec<_> =
        world.tables.webhooks.oldest_first().map(webhooks::Webhook::to_state).collect();
    let endpoints: Vec<_> = world
        .tables
        .endpoints
        .oldest_first()
        .map(webhook_endpoints::WebhookEndpoint::to_state)
        .collect();
    json!({"webhooks": webhooks, "webhook_endpoints": endpoints})
}

/// Puts a state in place of what there is.
///
/// # Errors
///
/// What is wrong with it. Nothing is changed then.
pub(crate) fn restore(world: &mut World, state: &Value) -> Result<(), String> {
    let list = |name: &str| match state.get(name) {
        None => Ok(&[][..]),
        Some(Value::Array(rows)) => Ok(&**rows),
        Some(_) => Err(format!("`{name}` is not a list")),
    };
    let webhooks = list("webhooks")?.iter().map(webhooks::Webhook::of_state);
    let webhooks = webhooks.collect::<Result<Vec<_>, _>>()?;
    let endpoints =
        list("webhook_endpoints")?.iter().map(webhook_endpoints::WebhookEndpoint::of_state);
    let endpoints = endpoints.collect::<Result<Vec<_>, _>>()?;
    let outbox = world.tables.outbox.emptied();
    world.tables = super::Tables { outbox, ..super::Tables::default() };
    for webhook in webhooks {
        world.tables.webhooks.restore(webhook);
    }
    for endpoint in endpoints {
        world.tables.endpoints.restore(endpoint);
    }
    Ok(())
}
