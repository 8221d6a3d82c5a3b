//! The state that a program can read and put back: a list for each resource, and the account.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::outbox::Moment;
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
    let all = |name| resource(world, name, None, usize::MAX).map(|found| found.rows);
    let mut state: Map<String, Value> =
        NAMES.into_iter().map(|name| (name.to_owned(), all(name).into())).collect();
    state.insert("account".into(), json!(world.tables.account));
    state.into()
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
    restore(world, state, world.accounts.ids())
}

/// The same for the accounts that are listed, and the first: the others are left as they are.
pub(crate) fn restore_listed(world: &mut World, state: &Value) -> Result<(), String> {
    restore(world, state, Vec::new())
}

/// The same; of those that are not listed, these are emptied.
fn restore(world: &mut World, state: &Value, unlisted: Vec<u64>) -> Result<(), String> {
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
    for id in unlisted {
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
        tables.account = read(account).map_err(|problem| format!("`account`: {problem}"))?;
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
    each(state, "subscribers", |row| {
        let subscriber = checked(read(row)?)?;
        has_room(tables.subscribers.rows())?;
        tables.subscribers.restore(subscriber)
    })?;
    each(state, "webhooks", |row| put(&mut tables.webhooks, Webhook::of_state(row)?))?;
    each(state, "webhook_endpoints", |row| {
        put(&mut tables.endpoints, WebhookEndpoint::of_state(row)?)
    })?;
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
        each(state, name, |row| {
            let values = match row.get(field) {
                None | Some(Value::Null) => return Ok(()),
                Some(Value::Array(values)) => values.as_slice(),
                Some(value) => std::slice::from_ref(value),
            };
            match values
                .iter()
                .find(|value| !value.as_str().is_some_and(|text| choices.contains(&text)))
            {
                Some(value) => Err(format!("`{field}` {value} is none of {}", choices.join(", "))),
                None => Ok(()),
            }
        })?;
    }
    Ok(())
}

/// Each account as at the start; but no id comes again. Accounts, credentials, tokens and the clock stay. Returns what was
/// there.
pub(crate) fn reset(world: &mut World) -> Vec<(u64, Tables)> {
    let mut before = Vec::new();
    world.each(|world| {
        let new = Tables::of_account(world.account());
        let mut tables = Tables { outbox: world.tables.outbox.emptied(), ..new };
        tables.after(&world.tables);
        before.push((world.account(), std::mem::replace(&mut world.tables, tables)));
    });
    before
}

/// Puts back what was there before a reset. An account that was added since stays.
pub(crate) fn undo_reset(world: &mut World, before: Vec<(u64, Tables)>) {
    let moment = Moment { now: world.clock.now(), date: world.clock.unix_seconds() };
    let mut before: BTreeMap<_, _> = before.into_iter().collect();
    for account in world.accounts.ids() {
        world.view(account);
        if let Some(mut tables) = before.remove(&account) {
            tables.outbox = world.tables.outbox.revived(tables.outbox, moment);
            tables.after(&world.tables);
            world.tables = tables;
        } else {
            // All attempts that are under way are given up with those of the others: they are made anew.
            let outbox = std::mem::take(&mut world.tables.outbox);
            world.tables.outbox = outbox.emptied().revived(outbox, moment);
        }
    }
    let first = world.first_account();
    world.view(first);
}

/// Some rows of a resource, and how many there are in all.
pub(crate) struct Rows {
    pub(crate) rows: Vec<Value>,
    pub(crate) total: usize,
}

/// The rows of a resource of the account in view: all, or those with a greater id than this one. `None` where there is no such resource.
pub(crate) fn resource(
    world: &World,
    name: &str,
    after: Option<u64>,
    limit: usize,
) -> Option<Rows> {
    let tables = &world.tables;
    let of = Part { after, limit };
    Some(match name {
        "account" => {
            let mut account = serde_json::to_value(&tables.account).unwrap_or_default();
            account["id"] = tables.account.id.into();
            Rows { rows: vec![account], total: 1 }
        }
        "broadcasts" => of.rows(tables.broadcasts.rows()),
        "custom_fields" => of.rows(tables.custom_fields.rows()),
        "email_templates" => of.rows(&tables.email_templates),
        "forms" => of.rows(&tables.forms),
        "posts" => of.rows(&tables.posts),
        "purchases" => of.rows(&tables.purchases),
        "segments" => of.rows(&tables.segments),
        "sequences" => of.rows(&tables.sequences),
        "sequence_emails" => of.rows(&tables.sequence_emails),
        "snippets" => of.rows(&tables.snippets),
        "subscribers" => of.rows(tables.subscribers.rows()),
        "tags" => of.rows(tables.tags.rows()),
        "webhooks" => of.rows_by(&tables.webhooks, Webhook::to_state),
        "webhook_endpoints" => of.rows_by(&tables.endpoints, WebhookEndpoint::to_state),
        _ => return None,
    })
}

/// How many rows each resource of the account in view has.
pub(crate) fn counts(world: &World) -> Value {
    let count = |name: &str| resource(world, name, None, 0).map_or(0, |rows| rows.total);
    NAMES.into_iter().map(|name| (name.to_owned(), Value::from(count(name)))).collect()
}

/// The rows that are asked for.
struct Part {
    after: Option<u64>,
    limit: usize,
}

impl Part {
    fn rows<R: Row + serde::Serialize>(&self, table: &Table<R>) -> Rows {
        self.rows_by(table, |row| serde_json::to_value(row).unwrap_or_default())
    }

    fn rows_by<R: Row>(&self, table: &Table<R>, write: impl Fn(&R) -> Value) -> Rows {
        let from = self.after.map_or(0, |after| after.saturating_add(1));
        let rows = table.range(from..).take(self.limit).map(write);
        Rows { rows: rows.collect(), total: table.len() }
    }
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
    each(state, name, |row| put(&mut table, read(row)?))?;
    Ok(table)
}

/// Looks at each row of a list.
///
/// # Errors
///
/// The first problem, with the list and the row that has it.
fn each(
    state: &Map<String, Value>,
    name: &str,
    mut look: impl FnMut(&Value) -> Result<(), String>,
) -> Result<(), String> {
    for (row, number) in list(state, name)?.iter().zip(1..) {
        look(row).map_err(|problem| {
            let id = row.get("id").and_then(Value::as_u64);
            let id = id.map_or_else(String::new, |id| format!(" (id {id})"));
            format!("`{name}`, row {number}{id}: {problem}")
        })?;
    }
    Ok(())
}

/// # Errors
///
/// The problem: the id is too great or there already, or the table has no room.
fn put<R: Row>(table: &mut Table<R>, row: R) -> Result<(), String> {
    let row = checked(row)?;
    if table.get(row.id()).is_some() {
        return Err("`id` is there twice".into());
    }
    has_room(table)?;
    table.restore(row);
    Ok(())
}

fn has_room<R: Row>(table: &Table<R>) -> Result<(), String> {
    if table.len() >= R::MOST { Err(format!("there are {} rows at most", R::MOST)) } else { Ok(()) }
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        // A field that is missing is named by the sentence.
        if path == "." {
            error.into_inner().to_string()
        } else {
            format!("`{path}`: {}", error.inner())
        }
    })
}

/// An id is as great as a number can be in every language's JSON.
fn checked<R: Row>(row: R) -> Result<R, String> {
    if row.id() > MAX_ID { Err("`id` is too great".into()) } else { Ok(row) }
}
