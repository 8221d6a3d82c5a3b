//! Happenings of the resources, and the events that webhook endpoints and webhooks are told of.

use serde_json::{Value, json};

use super::events::{emit, emit_legacy};
use crate::rows::{CustomField, Form, Post, Purchase, Sequence, Tag, World};

/// Something that happened.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Happening {
    SubscriberCreated { subscriber: u64 },
    SubscriberActivated { subscriber: u64 },
    SubscriberUnsubscribed { subscriber: u64 },
    SubscribedToForm { subscriber: u64, form: u64 },
    AddedToSequence { subscriber: u64, sequence: u64 },
    TagAdded { subscriber: u64, tag: u64 },
    TagRemoved { subscriber: u64, tag: u64 },
    FieldValueUpdated { subscriber: u64, field: u64 },
    TagCreated { tag: u64 },
    FieldCreated { field: u64 },
    SequenceCreated { sequence: u64 },
    SequencePublished { sequence: u64 },
    SequenceDisabled { sequence: u64 },
    BroadcastCreated { broadcast: u64 },
    BroadcastSent { broadcast: u64 },
    PostPublished { post: u64 },
    PurchaseCreated { purchase: u64 },
}

impl Happening {
    /// The type of the event that endpoints are told of. A purchase has none.
    fn event_type(&self) -> Option<&'static str> {
        Some(match self {
            Self::SubscriberCreated { .. } => "subscriber.created",
            Self::SubscriberActivated { .. } => "subscriber.activated",
            Self::SubscriberUnsubscribed { .. } => "subscriber.unsubscribed",
            Self::SubscribedToForm { .. } => "subscriber.subscribed_to_form",
            Self::AddedToSequence { .. } => "subscriber.added_to_sequence",
            Self::TagAdded { .. } => "subscriber.tag_added",
            Self::TagRemoved { .. } => "subscriber.tag_removed",
            Self::FieldValueUpdated { .. } => "subscriber.custom_field_value_updated",
            Self::TagCreated { .. } => "tag.created",
            Self::FieldCreated { .. } => "custom_field.created",
            Self::SequenceCreated { .. } => "sequence.created",
            Self::SequencePublished { .. } => "sequence.published",
            Self::SequenceDisabled { .. } => "sequence.disabled",
            Self::BroadcastCreated { .. } => "broadcast.created",
            Self::BroadcastSent { .. } => "broadcast.sent",
            Self::PostPublished { .. } => "post.published",
            Self::PurchaseCreated { .. } => return None,
        })
    }

    /// The data of the event.
    fn data(&self, world: &World) -> Value {
        let tables = &world.tables;
        match *self {
            Self::SubscriberCreated { subscriber }
            | Self::SubscriberActivated { subscriber }
            | Self::SubscriberUnsubscribed { subscriber } => alone(world, subscriber),
            Self::SubscribedToForm { subscriber, form } => {
                with(world, subscriber, "form", tables.forms.get(form).map(Form::to_event))
            }
            Self::AddedToSequence { subscriber, sequence } => {
                let sequence = tables.sequences.get(sequence).map(Sequence::to_event);
                with(world, subscriber, "sequence", sequence)
            }
            Self::TagAdded { subscriber, tag } | Self::TagRemoved { subscriber, tag } => {
                with(world, subscriber, "tag", tables.tags.get(tag).map(Tag::to_json))
            }
            Self::FieldValueUpdated { subscriber, field } => {
                let value = tables.subscribers.get(subscriber).and_then(|s| s.fields.get(&field));
                let field = tables.custom_fields.get(field).map(CustomField::to_json);
                let mut field = field.unwrap_or_default();
                field["value"] = value.map_or(Value::Null, |value| value.as_str().into());
                with(world, subscriber, "custom_field", Some(field))
            }
            Self::TagCreated { tag } => json!({"tag": tables.tags.get(tag).map(Tag::to_json)}),
            Self::FieldCreated { field } => field_alone(world, field),
            Self::SequenceCreated { sequence }
            | Self::SequencePublished { sequence }
            | Self::SequenceDisabled { sequence } => {
                json!({"sequence": tables.sequences.get(sequence).map(Sequence::to_event)})
            }
            Self::BroadcastCreated { broadcast } | Self::BroadcastSent { broadcast } => {
                let now = world.clock.time();
                let broadcast = tables.broadcasts.get(broadcast);
                json!({"broadcast": broadcast.map(|broadcast| broadcast.to_event(&now))})
            }
            Self::PostPublished { post } => {
                json!({"post": tables.posts.get(post).map(Post::to_event)})
            }
            Self::PurchaseCreated { purchase } => {
                tables.purchases.get(purchase).map(Purchase::to_json).unwrap_or_default()
            }
        }
    }

    /// The full name of the event that webhooks are told of, if there is one, with its parameter.
    fn legacy(&self) -> Option<(&'static str, Option<u64>)> {
        Some(match *self {
            Self::SubscriberActivated { .. } => ("subscriber.subscriber_activate", None),
            Self::SubscriberUnsubscribed { .. } => ("subscriber.subscriber_unsubscribe", None),
            Self::SubscribedToForm { form, .. } => ("subscriber.form_subscribe", Some(form)),
            Self::AddedToSequence { sequence, .. } => {
                ("subscriber.course_subscribe", Some(sequence))
            }
            Self::TagAdded { tag, .. } => ("subscriber.tag_add", Some(tag)),
            Self::TagRemoved { tag, .. } => ("subscriber.tag_remove", Some(tag)),
            Self::FieldValueUpdated { field, .. } => {
                ("custom_field.field_value_updated", Some(field))
            }
            Self::FieldCreated { .. } => ("custom_field.field_created", None),
            Self::PurchaseCreated { .. } => ("purchase.purchase_create", None),
            _ => return None,
        })
    }

    /// The body that webhooks are sent.
    fn legacy_body(&self, world: &World) -> Value {
        match *self {
            Self::SubscriberActivated { subscriber }
            | Self::SubscriberUnsubscribed { subscriber }
            | Self::SubscribedToForm { subscriber, .. }
            | Self::AddedToSequence { subscriber, .. }
            | Self::TagAdded { subscriber, .. }
            | Self::TagRemoved { subscriber, .. }
            | Self::FieldValueUpdated { subscriber, .. } => alone(world, subscriber),
            _ => self.data(world),
        }
    }
}

/// Tells everybody who is to be told. JSON is written only if somebody is.
pub(crate) fn happen(world: &mut World, happening: &Happening) {
    if let Some((name, parameter)) = happening.legacy() {
        emit_legacy(world, name, parameter, |world| happening.legacy_body(world));
    }
    if let Some(event_type) = happening.event_type() {
        emit(world, event_type, |world| happening.data(world));
    }
}

/// Tells everybody that a tag, a custom field, a sequence or a broadcast was deleted, with its JSON.
pub(crate) fn deleted(world: &mut World, kind: &str, was: &Value) {
    let mut data = json!({});
    data[kind] = was.clone();
    if kind == "custom_field" {
        emit_legacy(world, "custom_field.field_deleted", None, |_| data.clone());
    }
    emit(world, &format!("{kind}.deleted"), |_| data);
}

fn alone(world: &World, subscriber: u64) -> Value {
    let subscriber = world.tables.subscribers.get(subscriber);
    json!({"subscriber": subscriber.map(|s| s.to_json(&world.tables.custom_fields))})
}

fn with(world: &World, subscriber: u64, name: &str, value: Option<Value>) -> Value {
    let mut data = alone(world, subscriber);
    data[name] = value.unwrap_or_default();
    data
}

fn field_alone(world: &World, field: u64) -> Value {
    json!({"custom_field": world.tables.custom_fields.get(field).map(CustomField::to_json)})
}
