//! What happens to the resources, and who is told of it: webhook endpoints and webhooks.

use serde_json::{Value, json};

use super::events::{Legacy, emit, emit_legacy};
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

/// Tells everybody who is to be told.
pub(crate) fn happen(world: &mut World, happening: &Happening) {
    use Happening as H;
    let (event_type, data) = match *happening {
        H::SubscriberCreated { subscriber } => ("subscriber.created", alone(world, subscriber)),
        H::SubscriberActivated { subscriber } => ("subscriber.activated", alone(world, subscriber)),
        H::SubscriberUnsubscribed { subscriber } => {
            ("subscriber.unsubscribed", alone(world, subscriber))
        }
        H::SubscribedToForm { subscriber, form } => {
            let form = world.tables.forms.get(form).map(Form::to_event);
            ("subscriber.subscribed_to_form", with(world, subscriber, "form", form))
        }
        H::AddedToSequence { subscriber, sequence } => {
            let sequence = sequence_event(world, sequence);
            ("subscriber.added_to_sequence", with(world, subscriber, "sequence", sequence))
        }
        H::TagAdded { subscriber, tag } => {
            ("subscriber.tag_added", with(world, subscriber, "tag", tag_event(world, tag)))
        }
        H::TagRemoved { subscriber, tag } => {
            ("subscriber.tag_removed", with(world, subscriber, "tag", tag_event(world, tag)))
        }
        H::FieldValueUpdated { subscriber, field } => {
            let mut custom_field = field_event(world, field).unwrap_or_default();
            let value = world.tables.subscribers.get(subscriber).and_then(|s| s.fields.get(&field));
            custom_field["value"] = value.map_or(Value::Null, |value| value.as_str().into());
            let data = with(world, subscriber, "custom_field", Some(custom_field));
            ("subscriber.custom_field_value_updated", data)
        }
        H::TagCreated { tag } => ("tag.created", json!({"tag": tag_event(world, tag)})),
        H::FieldCreated { field } => {
            ("custom_field.created", json!({"custom_field": field_event(world, field)}))
        }
        H::SequenceCreated { sequence } => ("sequence.created", sequence_alone(world, sequence)),
        H::SequencePublished { sequence } => {
            ("sequence.published", sequence_alone(world, sequence))
        }
        H::SequenceDisabled { sequence } => ("sequence.disabled", sequence_alone(world, sequence)),
        H::BroadcastCreated { broadcast } => {
            ("broadcast.created", broadcast_alone(world, broadcast))
        }
        H::BroadcastSent { broadcast } => ("broadcast.sent", broadcast_alone(world, broadcast)),
        H::PostPublished { post } => {
            let post = world.tables.posts.get(post).map(Post::to_event);
            ("post.published", json!({"post": post}))
        }
        H::PurchaseCreated { purchase } => {
            // The newer generation has no event of it.
            if let Some(body) = world.tables.purchases.get(purchase).map(Purchase::to_json) {
                emit_legacy(world, &Legacy::new("purchase.purchase_create", &body));
            }
            return;
        }
    };
    legacy(world, happening);
    emit(world, event_type, data);
}

/// The same to webhooks, as far as they know it.
fn legacy(world: &mut World, happening: &Happening) {
    use Happening as H;
    let (name, parameter, subscriber) = match *happening {
        H::SubscriberActivated { subscriber } => {
            ("subscriber.subscriber_activate", None, subscriber)
        }
        H::SubscriberUnsubscribed { subscriber } => {
            ("subscriber.subscriber_unsubscribe", None, subscriber)
        }
        H::SubscribedToForm { subscriber, form } => {
            ("subscriber.form_subscribe", Some(form), subscriber)
        }
        H::AddedToSequence { subscriber, sequence } => {
            ("subscriber.course_subscribe", Some(sequence), subscriber)
        }
        H::TagAdded { subscriber, tag } => ("subscriber.tag_add", Some(tag), subscriber),
        H::TagRemoved { subscriber, tag } => ("subscriber.tag_remove", Some(tag), subscriber),
        H::FieldValueUpdated { subscriber, field } => {
            ("custom_field.field_value_updated", Some(field), subscriber)
        }
        H::FieldCreated { field } => {
            let body = json!({"custom_field": field_event(world, field)});
            emit_legacy(world, &Legacy::new("custom_field.field_created", &body));
            return;
        }
        _ => return,
    };
    let body = alone(world, subscriber);
    emit_legacy(world, &Legacy { parameter, ..Legacy::new(name, &body) });
}

/// A tag, a custom field, a sequence or a broadcast was deleted: this was it.
pub(crate) fn deleted(world: &mut World, kind: &str, was: Value) {
    if kind == "custom_field" {
        let body = json!({"custom_field": was});
        emit_legacy(world, &Legacy::new("custom_field.field_deleted", &body));
    }
    let event_type = format!("{kind}.deleted");
    let mut data = json!({});
    data[kind] = was;
    emit(world, &event_type, data);
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

fn tag_event(world: &World, tag: u64) -> Option<Value> {
    world.tables.tags.get(tag).map(Tag::to_json)
}

fn field_event(world: &World, field: u64) -> Option<Value> {
    world.tables.custom_fields.get(field).map(CustomField::to_json)
}

fn sequence_event(world: &World, sequence: u64) -> Option<Value> {
    world.tables.sequences.get(sequence).map(Sequence::to_event)
}

fn sequence_alone(world: &World, sequence: u64) -> Value {
    json!({"sequence": sequence_event(world, sequence)})
}

fn broadcast_alone(world: &World, broadcast: u64) -> Value {
    let now = world.clock.time();
    let broadcast = world.tables.broadcasts.get(broadcast);
    json!({"broadcast": broadcast.map(|broadcast| broadcast.to_event(&now))})
}
