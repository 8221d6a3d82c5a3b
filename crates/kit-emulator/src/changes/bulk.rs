//! The change of each item of a bulk request.

use serde_json::{Map, Value, json};

use super::{custom_fields, forms, subscribers, tags};
use crate::changes::subscribers::Given;
use crate::events;
use crate::rows::subscriber::{STATES, referrer_json};
use crate::rows::{Operation, World};
use crate::server::Input;
use crate::world::{MAX_ROWS, id};

/// Kit's messages.
const NO_SUBSCRIBER: &str = "Subscriber does not exist";
const NO_TAG: &str = "Tag does not exist";
const NO_FIELD: &str = "Custom field does not exist";
const NO_FORM: &str = "Form does not exist";

impl Operation {
    /// The field that the items are in, and Kit's message where there are none.
    pub(crate) fn list(self) -> (&'static str, &'static str) {
        match self {
            Self::CreateSubscribers => ("subscribers", "No subscribers included for processing"),
            Self::CreateTags | Self::DeleteTags => ("tags", "No tags included for processing"),
            Self::Tag | Self::Untag => ("taggings", "No taggings included for processing"),
            Self::CreateFields => ("custom_fields", "No custom fields included for processing"),
            Self::SetFields => {
                ("custom_field_values", "No custom field values included for processing")
            }
            Self::AddToForms => ("additions", "No additions included for processing"),
        }
    }

    /// The field that those are in that succeeded, if there is one, and the field of the item in a failure.
    fn reply(self) -> (Option<&'static str>, &'static str) {
        match self {
            Self::CreateSubscribers => (Some("subscribers"), "subscriber"),
            Self::CreateTags => (Some("tags"), "tag"),
            Self::DeleteTags => (None, "tag"),
            Self::Tag => (Some("subscribers"), "tagging"),
            Self::Untag => (None, "tagging"),
            Self::CreateFields => (Some("custom_fields"), "custom_field"),
            Self::SetFields => (Some("custom_field_values"), "custom_field_value"),
            Self::AddToForms => (Some("subscribers"), "subscription"),
        }
    }

    /// Does it to each item. What the reply says, and the callback. Events of one type are told together.
    pub(crate) fn run(self, world: &mut World, items: &[Value]) -> Value {
        events::gather(world, |world| self.each(world, items))
    }

    fn each(self, world: &mut World, items: &[Value]) -> Value {
        let (mut succeeded, mut failures) = (Vec::new(), Vec::new());
        let (list, echo) = self.reply();
        for item in items {
            let item = Input::of(item);
            match self.one(world, &item) {
                Ok(row) => succeeded.push(row),
                Err(message) => {
                    failures.push(json!({"errors": [message], echo: self.echo(&item)}));
                }
            }
        }
        if self == Self::DeleteTags {
            // Once for all that are gone.
            let tags = &world.tables.tags;
            for subscriber in world.tables.subscribers.all_mut() {
                subscriber.tags.retain(|id, _| tags.get(*id).is_some());
            }
        }
        // Rows come in an order of Kit's own: tags that exist came the newest first.
        succeeded.reverse();
        let mut body = Map::new();
        if let Some(list) = list {
            body.insert(list.into(), succeeded.into());
        }
        body.insert("failures".into(), failures.into());
        body.into()
    }

    /// An item as a failure repeats it: with the keys that are documented, null where they are missing.
    fn echo(self, item: &Input) -> Value {
        let given = |name: &str| item.get(name).cloned().unwrap_or_default();
        let text = |name: &str| given(name).as_str().unwrap_or_default().to_owned();
        match self {
            Self::CreateSubscribers => {
                let state = text("state");
                let is_state = STATES.contains(&state.as_str());
                json!({
                    "first_name": text("first_name"),
                    "email_address": given("email_address"),
                    "state": if is_state { state.as_str() } else { "active" },
                    "created_at": null,
                })
            }
            Self::AddToForms => json!({
                "form_id": given("form_id"),
                "subscriber_id": given("subscriber_id"),
                "referrer": text("referrer"),
            }),
            Self::CreateTags => json!({"name": given("name")}),
            Self::CreateFields => json!({"label": given("label")}),
            Self::DeleteTags => json!({"id": given("id")}),
            Self::Tag | Self::Untag => {
                json!({"tag_id": given("tag_id"), "subscriber_id": given("subscriber_id")})
            }
            Self::SetFields => json!({
                "subscriber_id": given("subscriber_id"),
                "subscriber_custom_field_id": given("subscriber_custom_field_id"),
                "value": given("value"),
            }),
        }
    }

    fn one(self, world: &mut World, item: &Input) -> Result<Value, String> {
        match self {
            Self::CreateSubscribers => create_subscriber(world, item),
            Self::CreateTags => {
                let name = filled(item, "name").ok_or("Name can't be blank")?;
                Ok(tags::upsert(world, &name).map_err(|_| "There is no room")?.0)
            }
            Self::DeleteTags => delete_tag(world, item),
            Self::Tag => {
                let (tag, subscriber) = tagging(world, item)?;
                tags::tag(world, tag, subscriber);
                let row = world.tables.subscribers.get(subscriber).ok_or(NO_SUBSCRIBER)?;
                let mut json = row.to_short_json();
                json["tagged_at"] = row.tags.get(&tag).map_or(Value::Null, |at| at.as_str().into());
                Ok(json)
            }
            Self::Untag => {
                let (tag, subscriber) = tagging(world, item)?;
                tags::untag(world, tag, subscriber);
                Ok(Value::Null)
            }
            Self::CreateFields => {
                let label = filled(item, "label").ok_or("Label can't be blank")?;
                let (field, _) =
                    custom_fields::upsert(world, &label).map_err(|_| "There is no room")?;
                let mut json = field.to_json();
                json["created_at"] = field.created_at.into();
                Ok(json)
            }
            Self::SetFields => set_field(world, item),
            Self::AddToForms => add_to_form(world, item),
        }
    }
}

fn filled(item: &Input, name: &str) -> Option<String> {
    let text = item.get(name)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn text(item: &Input, name: &str) -> Option<String> {
    item.get(name)?.as_str().map(str::to_owned)
}

/// An id, as a number or as text.
fn id_of(item: &Input, name: &str) -> Option<u64> {
    item.get(name).and_then(id)
}

fn create_subscriber(world: &mut World, item: &Input) -> Result<Value, String> {
    let given = Given {
        email_address: text(item, "email_address").unwrap_or_default(),
        first_name: item.has("first_name").then(|| text(item, "first_name")),
        state: text(item, "state"),
        ..Given::default()
    };
    let (id, _) = subscribers::upsert(world, given)?;
    let subscriber = world.tables.subscribers.get(id).ok_or(NO_SUBSCRIBER)?;
    let mut json = subscriber.to_short_json();
    json["state"] = subscriber.state.as_str().into();
    Ok(json)
}

fn delete_tag(world: &mut World, item: &Input) -> Result<Value, String> {
    let tag = id_of(item, "id").and_then(|id| world.tables.tags.remove(id)).ok_or(NO_TAG)?;
    events::deleted(world, "tag", &tag.to_json());
    Ok(Value::Null)
}

/// The tag and the subscriber, which both exist.
fn tagging(world: &World, item: &Input) -> Result<(u64, u64), String> {
    let subscriber = id_of(item, "subscriber_id");
    let subscriber = subscriber.filter(|id| world.tables.subscribers.get(*id).is_some());
    let tag = id_of(item, "tag_id").filter(|id| world.tables.tags.get(*id).is_some());
    Ok((tag.ok_or(NO_TAG)?, subscriber.ok_or(NO_SUBSCRIBER)?))
}

fn set_field(world: &mut World, item: &Input) -> Result<Value, String> {
    let subscriber = id_of(item, "subscriber_id");
    let subscriber = subscriber.filter(|id| world.tables.subscribers.get(*id).is_some());
    let subscriber = subscriber.ok_or(NO_SUBSCRIBER)?;
    let field = id_of(item, "subscriber_custom_field_id");
    let field = field.filter(|id| world.tables.custom_fields.get(*id).is_some()).ok_or(NO_FIELD)?;
    let value = text(item, "value").ok_or("Value is invalid")?;
    subscribers::set_field(world, subscriber, field, Some(&value));
    Ok(json!({"subscriber_id": subscriber, "subscriber_custom_field_id": field, "value": value}))
}

fn add_to_form(world: &mut World, item: &Input) -> Result<Value, String> {
    let form = id_of(item, "form_id").filter(|id| world.tables.forms.get(*id).is_some());
    let form = form.ok_or(NO_FORM)?;
    let subscriber = id_of(item, "subscriber_id").ok_or(NO_SUBSCRIBER)?;
    let referrer = text(item, "referrer");
    forms::add(world, form, subscriber, referrer).ok_or(NO_SUBSCRIBER)?;
    let row = world.tables.subscribers.get(subscriber).ok_or(NO_SUBSCRIBER)?;
    let mut json = row.to_short_json();
    referrer_json(&mut json, row.forms.get(&form));
    Ok(json)
}

/// Whether the account would have more subscribers than it may.
pub(crate) fn is_over_limit(world: &World, items: &[Value]) -> bool {
    let subscribers = &world.tables.subscribers;
    let addresses = items.iter().filter_map(|item| item["email_address"].as_str());
    let new = addresses.filter(|address| subscribers.find(address).is_none()).count();
    subscribers.rows().len() + new > MAX_ROWS
}
