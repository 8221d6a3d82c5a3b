//! Events at Kit, and the endpoints and webhooks that are told of them.

use serde_json::Value;

use super::made_up;
use crate::outbox::{Batch, Event, Moment, Outbox};
use crate::rows::{Webhook, WebhookEndpoint, World, event_type, legacy_event};
use crate::world::{Row, time};

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
    /// The subscriber that data are made up of.
    pub(crate) subscriber: Option<u64>,
}

/// Makes events happen. Their ids; legacy events have none.
///
/// # Errors
///
/// The problem of the trigger.
pub(crate) fn trigger(world: &mut World, trigger: &Trigger) -> Result<Vec<String>, String> {
    let Trigger { event_type, count, data, subscriber } = trigger;
    if !(1..=MAX_COUNT).contains(count) {
        return Err(format!("`count` is not from 1 to {MAX_COUNT}"));
    }
    check_room(world, trigger)?;
    let moment = Moment { now: world.clock.now(), date: world.clock.unix_seconds() };
    let created = time::text(moment.date);
    let subscriber = match subscriber {
        Some(id) => Some(subscriber_of(world, event_type, *id, &created)?),
        None => None,
    };
    if event_type::is_known(event_type) {
        let events: Vec<Event> = (0..*count)
            .map(|_| {
                world.tables.made_up += 1;
                let number = world.tables.made_up;
                let made_up =
                    || of(subscriber.as_ref(), made_up::data(event_type, number, &created));
                Event::new(event_type, created.clone(), data.clone().unwrap_or_else(made_up))
            })
            .collect();
        let ids = events.iter().map(|event| event.id.clone()).collect();
        let (tables, batches) = (&mut world.tables, Batch::of(&events));
        for endpoint in tables.endpoints.oldest_first() {
            if is_told(endpoint, event_type) {
                tables.outbox.add(endpoint.id, &batches, moment);
            }
        }
        return Ok(ids);
    }
    let Some((_, parameter)) = legacy_event::find(event_type) else {
        let names = legacy_event::EVENTS.map(|(name, _)| name);
        return Err(format!(
            "`type` {event_type:?} is no event: neither a type of endpoints ({}) nor the name of an event of webhooks ({})",
            event_type::AVAILABLE.join(", "),
            names.join(", ")
        ));
    };
    for _ in 0..*count {
        world.tables.made_up += 1;
        let number = world.tables.made_up;
        let made_up = || of(subscriber.as_ref(), made_up::legacy(event_type, number, &created));
        let body = data.clone().unwrap_or_else(made_up);
        // If the body names the parameter, those webhooks alone are told that watch it.
        let given = parameter.and_then(|parameter| body.get(parameter.key()));
        let given = given.filter(|given| !given.is_null()).cloned();
        tell_webhooks(world, event_type, given.as_ref(), &body);
    }
    Ok(Vec::new())
}

/// The JSON of a subscriber that events of this type are to be of.
///
/// # Errors
///
/// That there is none with this id, or that the events are of no subscriber.
fn subscriber_of(world: &World, event_type: &str, id: u64, created: &str) -> Result<Value, String> {
    let is_of_one = if event_type::is_known(event_type) {
        made_up::data(event_type, 1, created)["subscriber"].is_object()
    } else {
        made_up::legacy(event_type, 1, created)["subscriber"].is_object()
    };
    if !is_of_one {
        return Err(format!("`subscriber_id`: {event_type:?} is of no subscriber"));
    }
    let subscriber = world.tables.subscribers.get(id);
    let subscriber = subscriber.map(|row| row.to_json(&world.tables.custom_fields));
    subscriber.ok_or_else(|| format!("`subscriber_id`: there is no subscriber {id}"))
}

/// Data that are made up, but of this subscriber.
fn of(subscriber: Option<&Value>, mut data: Value) -> Value {
    if let Some(subscriber) = subscriber {
        data["subscriber"] = subscriber.clone();
    }
    data
}

/// Tells the active endpoints of an event that happened.
pub(crate) fn emit(world: &mut World, event_type: &str, data: impl FnOnce(&World) -> Value) {
    let is_told = |endpoint: &WebhookEndpoint| is_told(endpoint, event_type);
    if world.tables.endpoints.find(is_told).is_none() {
        return;
    }
    let event = Event::new(event_type, time::text(world.clock.unix_seconds()), data(world));
    match &mut world.tables.gathered {
        Some(gathered) => gathered.entry(event_type.to_owned()).or_default().push(event),
        None => tell_endpoints(world, event_type, &[event]),
    }
}

/// Gathers the events of a bulk operation, and tells them together.
pub(crate) fn gather<T>(world: &mut World, run: impl FnOnce(&mut World) -> T) -> T {
    world.tables.gathered = Some(std::collections::BTreeMap::new());
    let result = run(world);
    for (event_type, events) in world.tables.gathered.take().unwrap_or_default() {
        tell_endpoints(world, &event_type, &events);
    }
    result
}

fn is_told(endpoint: &WebhookEndpoint, event_type: &str) -> bool {
    endpoint.is_active && endpoint.events.iter().any(|known| known == event_type)
}

/// If nothing fits any more, nobody is told: a receiver that never answers fills no memory.
fn tell_endpoints(world: &mut World, event_type: &str, events: &[Event]) {
    let moment = Moment { now: world.clock.now(), date: world.clock.unix_seconds() };
    let tables = &mut world.tables;
    let told = tables.endpoints.oldest_first().filter(|endpoint| is_told(endpoint, event_type));
    let told: Vec<u64> = told.map(Row::id).collect();
    let batches = Batch::of(events);
    for endpoint in told {
        if tables.outbox.room() >= batches.len() {
            tables.outbox.add(endpoint, &batches, moment);
        }
    }
}

/// Tells the webhooks that watch an event of the older generation, by its full name. With a parameter, such as the id of a
/// tag, those webhooks alone are told that watch this parameter.
pub(crate) fn emit_legacy(
    world: &mut World,
    name: &'static str,
    parameter: Option<u64>,
    body: impl FnOnce(&World) -> Value,
) {
    let watches = |webhook: &Webhook| webhook.full_name() == Some(name);
    if world.tables.webhooks.find(watches).is_some() {
        let body = body(world);
        tell_webhooks(world, name, parameter.map(Value::from).as_ref(), &body);
    }
}

fn tell_webhooks(world: &mut World, name: &str, parameter: Option<&Value>, body: &Value) {
    let moment = Moment { now: world.clock.now(), date: world.clock.unix_seconds() };
    let key = legacy_event::find(name).and_then(|(_, parameter)| parameter);
    let tables = &mut world.tables;
    let json = std::cell::LazyCell::new(|| bytes::Bytes::from(body.to_string()));
    for webhook in tables.webhooks.oldest_first() {
        let is_of_event = webhook.full_name() == Some(name);
        let is_of_parameter = key
            .zip(parameter)
            .is_none_or(|(key, parameter)| webhook.event.get(key.key()) == Some(parameter));
        if is_of_event && is_of_parameter && tables.outbox.room() > 0 {
            tables.outbox.add_legacy(webhook.id, name, &json, moment);
        }
    }
}

/// How large the events of one trigger may be together, in bytes.
const MAX_BYTES: usize = 256 * 1024 * 1024;

/// # Errors
///
/// The reason, if there is no room for the events, or for their deliveries.
fn check_room(world: &World, trigger: &Trigger) -> Result<(), String> {
    let count = usize::try_from(trigger.count).unwrap_or(usize::MAX);
    let data = trigger.data.as_ref().map_or(500, |data| data.to_string().len());
    let size = data.saturating_add(200);
    if count.saturating_mul(size) > MAX_BYTES {
        return Err(format!("`count` and `data` are too large: more than {MAX_BYTES} bytes"));
    }
    let tables = &world.tables;
    let for_each = if event_type::is_known(&trigger.event_type) {
        tables.endpoints.oldest_first().count().saturating_mul(Outbox::batches(count, size))
    } else {
        tables.webhooks.oldest_first().count().saturating_mul(count)
    };
    if for_each > tables.outbox.room() {
        return Err("too many deliveries are not delivered yet".into());
    }
    Ok(())
}
