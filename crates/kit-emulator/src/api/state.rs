//! The state that a program can read and put back: a list for each resource, and the account.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::webhook_endpoints::WebhookEndpoint;
use super::webhooks::Webhook;
use super::{Tables, World};
use crate::world::{MAX_ID, Row, Table};

/// The names of all lists.
const NAMES: [&str; 15] = [
    "account",
    "broadcasts",
    "custom_fields",
    "email_templates",
    "forms",
    "posts",
    "purchases",
    "segments",
    "sequences",
    "sequence_emails",
    "snippets",
    "subscribers",
    "tags",
    "webhooks",
    "webhook_endpoints",
];

/// The whole state, but for what is under way: deliveries and queued requests.
pub(crate) fn state(world: &World) -> Value {
    let tables = &world.tables;
    json!({
        "account": tables.account,
        "broadcasts": rows(&tables.broadcasts),
        "custom_fields": rows(&tables.custom_fields),
        "email_templates": rows(&tables.email_templates),
        "forms": rows(&tables.forms),
        "posts": rows(&tables.posts),
        "purchases": rows(&tables.purchases),
        "segments": rows(&tables.segments),
        "sequences": rows(&tables.sequences),
        "sequence_emails": rows(&tables.sequence_emails),
        "snippets": rows(&tables.snippets),
        "subscribers": rows(tables.subscribers.rows()),
        "tags": rows(&tables.tags),
        "webhooks": tables.webhooks.oldest_first().map(Webhook::to_state).collect::<Vec<_>>(),
        "webhook_endpoints":
            tables.endpoints.oldest_first().map(WebhookEndpoint::to_state).collect::<Vec<_>>(),
    })
}

fn rows<R: Row + serde::Serialize>(table: &Table<R>) -> Value {
    table.oldest_first().map(|row| serde_json::to_value(row).unwrap_or_default()).collect()
}

/// Puts a state in place of what there is. A list that is missing is empty.
///
/// # Errors
///
/// What is wrong with it. Nothing is changed then.
pub(crate) fn restore(world: &mut World, state: &Value) -> Result<(), String> {
    let state = state.as_object().ok_or("the state is no object")?;
    if let Some(unknown) = state.keys().find(|name| !NAMES.contains(&name.as_str())) {
        return Err(format!("`{unknown}` is no resource; the resources are {}", NAMES.join(", ")));
    }
    let mut tables = Tables::empty();
    if let Some(account) = state.get("account") {
        tables.account = read("account", account)?;
    }
    fill(state, "broadcasts", &mut tables.broadcasts)?;
    fill(state, "custom_fields", &mut tables.custom_fields)?;
    fill(state, "email_templates", &mut tables.email_templates)?;
    fill(state, "forms", &mut tables.forms)?;
    fill(state, "posts", &mut tables.posts)?;
    fill(state, "purchases", &mut tables.purchases)?;
    fill(state, "segments", &mut tables.segments)?;
    fill(state, "sequences", &mut tables.sequences)?;
    fill(state, "sequence_emails", &mut tables.sequence_emails)?;
    fill(state, "snippets", &mut tables.snippets)?;
    fill(state, "tags", &mut tables.tags)?;
    for row in list(state, "subscribers")? {
        let subscriber = checked("subscribers", read("subscribers", row)?)?;
        tables
            .subscribers
            .restore(subscriber)
            .map_err(|error| format!("`subscribers`: {error}"))?;
    }
    for row in list(state, "webhooks")? {
        tables.webhooks.restore(Webhook::of_state(row)?);
    }
    for row in list(state, "webhook_endpoints")? {
        tables.endpoints.restore(WebhookEndpoint::of_state(row)?);
    }
    tables.outbox = world.tables.outbox.emptied();
    tables.after(&world.tables);
    world.tables = tables;
    Ok(())
}

fn list<'a>(state: &'a Map<String, Value>, name: &str) -> Result<&'a [Value], String> {
    match state.get(name) {
        None => Ok(&[]),
        Some(Value::Array(rows)) => Ok(rows),
        Some(_) => Err(format!("`{name}` is not a list")),
    }
}

fn fill<R: Row + DeserializeOwned>(
    state: &Map<String, Value>,
    name: &str,
    table: &mut Table<R>,
) -> Result<(), String> {
    for row in list(state, name)? {
        table.restore(checked(name, read(name, row)?)?);
    }
    Ok(())
}

fn read<T: DeserializeOwned>(name: &str, value: &Value) -> Result<T, String> {
    T::deserialize(value).map_err(|error| format!("`{name}`: {error}"))
}

/// An id is as great as a number can be in every language's JSON.
fn checked<R: Row>(name: &str, row: R) -> Result<R, String> {
    if row.id() > MAX_ID {
        Err(format!("`{name}`: the id {} is too great", row.id()))
    } else {
        Ok(row)
    }
}
