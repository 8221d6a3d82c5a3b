//! Creating and changing subscribers, by one at a time or by many.

use serde_json::{Map, Value, json};

use crate::events::{Happening, happen};
use crate::rows::World;
use crate::rows::custom_field::KEY;
use crate::rows::subscriber::STATES;
use crate::server::{Input, Reply};

/// Kit's message.
pub(crate) const INVALID: &str = "Email address is invalid";

/// The fields of a subscriber that a request gives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    pub(crate) email_address: String,
    /// Whether there is a name, and whether it is null.
    #[expect(clippy::option_option, reason = "what is missing stays, what is null goes")]
    pub(crate) first_name: Option<Option<String>>,
    pub(crate) state: Option<String>,
    /// The custom fields that a new subscriber has from the beginning, by their keys.
    pub(crate) fields: Map<String, Value>,
}

/// Whether an address may be one: it has one `@`, and a domain with a dot.
pub(crate) fn is_valid(email_address: &str) -> bool {
    let email_address = email_address.trim();
    let parts = email_address.split_once('@');
    !email_address.contains(char::is_whitespace)
        && parts.is_some_and(|(name, domain)| {
            !name.is_empty()
                && !domain.contains('@')
                && domain.split('.').count() > 1
                && domain.split('.').all(|label| !label.is_empty())
        })
}

/// # Errors
///
/// 422 where the address can be none.
pub(crate) fn check_address(email_address: &str) -> Result<(), Reply> {
    if is_valid(email_address) { Ok(()) } else { Err(Reply::unprocessable(INVALID)) }
}

/// The subscriber that is named by its address.
///
/// # Errors
///
/// 422 with Kit's message where the address is missing, or can be none; 404 where nobody has it.
pub(crate) fn named(world: &World, input: &Input, missing: &str) -> Result<u64, Reply> {
    let email_address = input.filled("email_address", missing)?;
    check_address(&email_address)?;
    world.tables.subscribers.find(&email_address).ok_or_else(Reply::not_found)
}

/// Creates a subscriber, or updates the first name of the one with this address. The id, and whether it is new.
///
/// # Errors
///
/// Kit's message for an address or a state that is none.
pub(crate) fn upsert(world: &mut World, given: Given) -> Result<(u64, bool), String> {
    if !is_valid(&given.email_address) {
        return Err(INVALID.into());
    }
    if given.state.as_ref().is_some_and(|state| !STATES.contains(&state.as_str())) {
        return Err("State is invalid".into());
    }
    let now = world.clock.time();
    if let Some(id) = world.tables.subscribers.find(&given.email_address) {
        if let (Some(subscriber), Some(first_name)) =
            (world.tables.subscribers.get_mut(id), given.first_name)
        {
            subscriber.first_name = first_name;
            subscriber.updated_at = now;
        }
        return Ok((id, false));
    }
    let subscriber = world.tables.subscribers.insert(&given.email_address, &now);
    let full = |_| "This Kit holds no more subscribers".to_owned();
    let subscriber = subscriber.map_err(full)?;
    subscriber.first_name = given.first_name.flatten();
    if let Some(state) = given.state {
        subscriber.canceled_at = (state != "active").then(|| now.clone());
        subscriber.state = state;
    }
    let (id, is_active) = (subscriber.id, subscriber.state == "active");
    for (key, value) in given.fields {
        let field = world.tables.custom_fields.find(KEY, key.as_str());
        let subscriber = world.tables.subscribers.get_mut(id);
        if let (Some(field), Some(subscriber), Some(value)) = (field, subscriber, value.as_str()) {
            subscriber.fields.insert(field, value.to_owned());
        }
    }
    happen(world, &Happening::SubscriberCreated { subscriber: id });
    if is_active {
        happen(world, &Happening::SubscriberActivated { subscriber: id });
    }
    Ok((id, true))
}

/// Above so many custom fields, Kit saves them later.
const MAX_AT_ONCE: usize = 10;

/// At most so many custom fields come at once.
const MAX_FIELDS: usize = 140;

/// The outcome for the custom fields of a request.
pub(crate) enum Fields {
    Saved {
        warnings: Vec<String>,
    },
    /// They are saved by [`set_fields`] later.
    Later(Map<String, Value>),
}

/// # Errors
///
/// 422 where there are too many custom fields, or a value is no text.
pub(crate) fn check_fields(fields: &Map<String, Value>) -> Result<(), Reply> {
    if fields.len() > MAX_FIELDS {
        return Err(Reply::unprocessable("fields must have at most 140 entries"));
    }
    if let Some((key, _)) = fields.iter().find(|(_, value)| !value.is_string() && !value.is_null())
    {
        return Err(Reply::unprocessable(format!("fields.{key} must be a string")));
    }
    Ok(())
}

/// Whether so many custom fields are saved later.
pub(crate) fn is_later(fields: &Map<String, Value>) -> bool {
    fields.len() > MAX_AT_ONCE
}

/// Sets custom fields by their keys, unless there are so many that they are saved later.
pub(crate) fn save_fields(world: &mut World, id: u64, fields: Map<String, Value>) -> Fields {
    if is_later(&fields) {
        return Fields::Later(fields);
    }
    Fields::Saved { warnings: set_fields(world, id, fields) }
}

/// A text for each key that no custom field has.
pub(crate) fn set_fields(world: &mut World, id: u64, fields: Map<String, Value>) -> Vec<String> {
    let mut warnings = Vec::new();
    for (key, value) in fields {
        match world.tables.custom_fields.find(KEY, key.as_str()) {
            Some(field) => set_field(world, id, field, value.as_str()),
            None => warnings.push(format!("The custom field {key} does not exist")),
        }
    }
    warnings
}

/// Sets the value of a custom field, or removes it.
pub(crate) fn set_field(world: &mut World, id: u64, field: u64, value: Option<&str>) {
    let now = world.clock.time();
    let Some(subscriber) = world.tables.subscribers.get_mut(id) else { return };
    let before = match value {
        Some(value) => subscriber.fields.insert(field, value.to_owned()),
        None => subscriber.fields.remove(&field),
    };
    if before.as_deref() != value {
        subscriber.updated_at = now;
        happen(world, &Happening::FieldValueUpdated { subscriber: id, field });
    }
}

/// The reply to a request that saved a subscriber: the status, and the body.
pub(crate) fn saved(world: &World, id: u64, warnings: &[String]) -> Value {
    let subscriber = world.tables.subscribers.get(id);
    let mut body =
        json!({"subscriber": subscriber.map(|s| s.to_json(&world.tables.custom_fields))});
    if !warnings.is_empty() {
        body["warnings"] = warnings.into();
    }
    body
}
