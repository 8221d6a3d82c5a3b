//! The state that a program can read and put back: a list for each resource, and the account.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::rows::event_type::AVAILABLE;
use crate::rows::subscriber::STATES;
use crate::rows::{Broadcasts, Tables, Webhook, WebhookEndpoint, World};
use crate::world::{MAX_ID, Named, Row, Table};

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
        "broadcasts": rows(tables.broadcasts.rows()),
        "custom_fields": rows(tables.custom_fields.rows()),
        "email_templates": rows(&tables.email_templates),
        "forms": rows(&tables.forms),
        "posts": rows(&tables.posts),
        "purchases": rows(&tables.purchases),
        "segments": rows(&tables.segments),
        "sequences": rows(&tables.sequences),
        "sequence_emails": rows(&tables.sequence_emails),
        "snippets": rows(&tables.snippets),
        "subscribers": rows(tables.subscribers.rows()),
        "tags": rows(tables.tags.rows()),
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
/// The problem of the state. Nothing is changed then.
pub(crate) fn restore(world: &mut World, state: &Value) -> Result<(), String> {
    let state = state.as_object().ok_or("the state is no object")?;
    if let Some(unknown) = state.keys().find(|name| !NAMES.contains(&name.as_str())) {
        return Err(format!("`{unknown}` is no resource; the resources are {}", NAMES.join(", ")));
    }
    check_choices(state)?;
    let mut tables = Tables::empty();
    if let Some(account) = state.get("account") {
        tables.account = read("account", account)?;
    }
    tables.broadcasts = Broadcasts::restored(filled(state, "broadcasts")?);
    tables.custom_fields = Named::restored(filled(state, "custom_fields")?);
    tables.email_templates = filled(state, "email_templates")?;
    tables.forms = filled(state, "forms")?;
    tables.posts = filled(state, "posts")?;
    tables.purchases = filled(state, "purchases")?;
    tables.segments = filled(state, "segments")?;
    tables.sequences = filled(state, "sequences")?;
    tables.sequence_emails = filled(state, "sequence_emails")?;
    tables.snippets = filled(state, "snippets")?;
    tables.tags = Named::restored(filled(state, "tags")?);
    for row in list(state, "subscribers")? {
        let subscriber = checked("subscribers", read("subscribers", row)?)?;
        has_room("subscribers", tables.subscribers.rows())?;
        tables
            .subscribers
            .restore(subscriber)
            .map_err(|error| format!("`subscribers`: {error}"))?;
    }
    for row in list(state, "webhooks")? {
        put("webhooks", &mut tables.webhooks, Webhook::of_state(row)?)?;
    }
    for row in list(state, "webhook_endpoints")? {
        put("webhook_endpoints", &mut tables.endpoints, WebhookEndpoint::of_state(row)?)?;
    }
    tables.outbox = world.tables.outbox.emptied();
    tables.after(&world.tables);
    world.tables = tables;
    Ok(())
}

/// The fields that are one of a few texts.
const CHOICES: [(&str, &str, &[&str]); 7] = [
    ("subscribers", "state", &STATES),
    ("forms", "type", &["embed", "hosted"]),
    ("forms", "status", &["active", "archived", "trashed"]),
    ("snippets", "snippet_type", &["inline", "block"]),
    ("sequence_emails", "delay_unit", &["days", "hours"]),
    ("webhook_endpoints", "status", &["active", "disabled"]),
    ("webhook_endpoints", "events", &AVAILABLE),
];

/// # Errors
///
/// The field that has none of the texts that it can have.
fn check_choices(state: &Map<String, Value>) -> Result<(), String> {
    for (name, field, choices) in CHOICES {
        for row in list(state, name)? {
            let values = match row.get(field) {
                None | Some(Value::Null) => continue,
                Some(Value::Array(values)) => values.as_slice(),
                Some(value) => std::slice::from_ref(value),
            };
            for value in values {
                if !value.as_str().is_some_and(|text| choices.contains(&text)) {
                    let choices = choices.join(", ");
                    return Err(format!("`{name}`: `{field}` {value} is none of {choices}"));
                }
            }
        }
    }
    Ok(())
}

/// As at the start; but no id comes again. Credentials, tokens and the clock stay.
pub(crate) fn reset(world: &mut World) {
    let mut tables = Tables { outbox: world.tables.outbox.emptied(), ..Tables::default() };
    tables.after(&world.tables);
    world.tables = tables;
}

fn list<'a>(state: &'a Map<String, Value>, name: &str) -> Result<&'a [Value], String> {
    match state.get(name) {
        None => Ok(&[]),
        Some(Value::Array(rows)) => Ok(rows),
        Some(_) => Err(format!("`{name}` is not a list")),
    }
}

fn filled<R: Row + DeserializeOwned>(
    state: &Map<String, Value>,
    name: &str,
) -> Result<Table<R>, String> {
    let mut table = Table::default();
    for row in list(state, name)? {
        put(name, &mut table, read(name, row)?)?;
    }
    Ok(table)
}

/// # Errors
///
/// The problem: the id is too great or there already, or the table has no room.
fn put<R: Row>(name: &str, table: &mut Table<R>, row: R) -> Result<(), String> {
    let row = checked(name, row)?;
    if table.get(row.id()).is_some() {
        return Err(format!("`{name}`: the id {} is there twice", row.id()));
    }
    has_room(name, table)?;
    table.restore(row);
    Ok(())
}

fn has_room<R: Row>(name: &str, table: &Table<R>) -> Result<(), String> {
    if table.len() >= R::MOST { Err(format!("`{name}`: at most {} rows", R::MOST)) } else { Ok(()) }
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
