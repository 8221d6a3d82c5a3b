//! The state that a program can read and put back: a list for each resource, and the account.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::rows::event_type::AVAILABLE;
use crate::rows::subscriber::STATES;
use crate::rows::{Broadcasts, Tables, Webhook, WebhookEndpoint, World};
use crate::world::{Keys, MAX_ID, Named, Row, Table};

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

/// The state of the account in view, but for what is under way: deliveries and queued requests.
fn state(world: &World) -> Value {
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

/// The states of all accounts: that of the first, with a list of the others, each with its id.
pub(crate) fn whole_state(world: &mut World) -> Value {
    let mut whole = Value::Null;
    let mut others = Vec::new();
    let first = world.first_account();
    world.each(|world| {
        let mut state = state(world);
        if world.account() == first {
            whole = state;
        } else {
            state["id"] = world.account().into();
            others.push(state);
        }
    });
    if !others.is_empty() {
        whole["accounts"] = others.into();
    }
    whole
}

/// Puts a state in place of what there is. A list that is missing is empty. Other accounts are in the list `accounts`, each
/// with its id; those that are not there yet are added, and those that are not listed are emptied.
///
/// # Errors
///
/// The problem of the state. Nothing is changed then.
pub(crate) fn restore_whole(world: &mut World, state: &Value) -> Result<(), String> {
    let mut first = state.as_object().ok_or("the state is no object")?.clone();
    let listed = first.remove("accounts").unwrap_or_else(|| json!([]));
    let listed = listed.as_array().ok_or("`accounts` is not a list")?;
    let mut states = BTreeMap::from([(world.first_account(), first)]);
    for account in listed {
        let mut account = account.as_object().ok_or("`accounts`: one is no object")?.clone();
        let id = account.remove("id").as_ref().and_then(Value::as_u64);
        let id = id.filter(|id| (world.first_account() + 1..=MOST_ACCOUNTS).contains(id));
        let id = id.ok_or_else(|| {
            let first = world.first_account() + 1;
            format!("`accounts`: an `id` is no number from {first} to {MOST_ACCOUNTS}")
        })?;
        if states.insert(id, account).is_some() {
            return Err(format!("`accounts`: the id {id} is there twice"));
        }
    }
    for id in world.accounts.ids() {
        states.entry(id).or_default();
    }
    let first = world.first_account();
    let mut restored = Vec::new();
    for (id, state) in &states {
        let is_there = world.view(*id);
        let new = Tables::of_account(*id);
        let old = if is_there { &world.tables } else { &new };
        let tables = read_tables(*id, old, state).map_err(|problem| {
            if *id == first { problem } else { format!("`accounts`: {id}: {problem}") }
        });
        restored.push((*id, is_there, tables));
    }
    world.view(first);
    if let Some(problem) = restored.iter().find_map(|(_, _, tables)| tables.as_ref().err()) {
        return Err(problem.clone());
    }
    for (id, is_there, tables) in restored {
        let Ok(tables) = tables else { continue };
        if is_there {
            world.view(id);
            world.tables = tables;
        } else {
            world.add_account(id, keys(id), tables);
        }
    }
    world.view(first);
    Ok(())
}

/// The greatest id of an account: ids of its resources follow from it.
const MOST_ACCOUNTS: u64 = 1_000_000;

/// Adds an account that is as new. Returns its id.
pub(crate) fn add_account(world: &mut World) -> u64 {
    let id = world.next_account();
    world.add_account(id, keys(id), Tables::of_account(id));
    id
}

/// The credentials of an account that is not the first.
fn keys(account: u64) -> Keys {
    Keys {
        api_key: format!("kit_emulator_api_key_{account}"),
        access_token: format!("kit_emulator_access_token_{account}"),
    }
}

/// # Errors
///
/// The problem of the state.
fn read_tables(account: u64, old: &Tables, state: &Map<String, Value>) -> Result<Tables, String> {
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
    tables.account.id = account;
    tables.outbox = old.outbox.emptied();
    tables.after(old);
    Ok(tables)
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

/// Each account as at the start; but no id comes again. Accounts, credentials, tokens and the clock stay.
pub(crate) fn reset(world: &mut World) {
    world.each(|world| {
        let new = Tables::of_account(world.account());
        let mut tables = Tables { outbox: world.tables.outbox.emptied(), ..new };
        tables.after(&world.tables);
        world.tables = tables;
    });
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
