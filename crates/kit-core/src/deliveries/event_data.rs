use serde::de::DeserializeSeed;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::broadcasts::Broadcast;
use crate::custom_fields::CustomField;
use crate::forms::Form;
use crate::posts::Post;
use crate::sequences::Sequence;
use crate::subscribers::Subscriber;
use crate::tags::Tag;
use crate::webhook_endpoints::EventType;
use crate::wire::liberal::Liberal;

/// To whom or what an event happened. The [`EventType`](crate::webhook_endpoints::EventType) of the event says what
/// happened.
///
/// All but subscribers and tags are boxed: most events are about those two, and would be moved in the size of the largest.
///
/// Source: Kit's guide "Event types", and two clients of third parties.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum EventData {
    /// The data of `subscriber.created`, `.activated`, `.unsubscribed`, `.bounced` and `.complained`.
    Subscriber {
        /// The subscriber after the event.
        subscriber: Subscriber,
    },
    /// The data of `subscriber.subscribed_to_form`.
    SubscriberAndForm {
        /// The subscriber.
        subscriber: Subscriber,
        /// The form.
        form: Box<Form>,
    },
    /// The data of `subscriber.added_to_sequence` and `subscriber.sequence_completed`.
    SubscriberAndSequence {
        /// The subscriber.
        subscriber: Subscriber,
        /// The sequence.
        sequence: Box<Sequence>,
    },
    /// The data of `subscriber.tag_added` and `subscriber.tag_removed`.
    SubscriberAndTag {
        /// The subscriber who got or lost the tag.
        subscriber: Subscriber,
        /// The tag.
        tag: Tag,
    },
    /// The data of `subscriber.custom_field_value_updated`.
    SubscriberAndCustomField {
        /// The subscriber whose value it is.
        subscriber: Subscriber,
        /// The custom field, with its new value.
        custom_field: Box<CustomField>,
    },
    /// The data of `tag.created` and `tag.deleted`.
    Tag {
        /// The tag.
        tag: Tag,
    },
    /// The data of `custom_field.created` and `custom_field.deleted`.
    CustomField {
        /// The custom field.
        custom_field: Box<CustomField>,
    },
    /// The data of `sequence.created`, `.deleted`, `.published` and `.disabled`.
    Sequence {
        /// The sequence.
        sequence: Box<Sequence>,
    },
    /// The data of `broadcast.created`, `.sent` and `.deleted`.
    Broadcast {
        /// The broadcast, without its content.
        broadcast: Box<Broadcast>,
    },
    /// The data of `post.published`.
    Post {
        /// The post, without its content.
        post: Box<Post>,
    },
    /// The data of a type that this version does not know, or data that are not as documented: as JSON.
    Other(Value),
}

impl EventData {
    /// The subscriber that the event is about, if it is about one.
    pub fn subscriber(&self) -> Option<&Subscriber> {
        match self {
            Self::Subscriber { subscriber }
            | Self::SubscriberAndForm { subscriber, .. }
            | Self::SubscriberAndSequence { subscriber, .. }
            | Self::SubscriberAndTag { subscriber, .. }
            | Self::SubscriberAndCustomField { subscriber, .. } => Some(subscriber),
            _ => None,
        }
    }

    /// Reads the data of an event of this type.
    pub(super) fn of(event_type: &EventType) -> Shape {
        Shape::of(event_type)
    }

    /// Reads the data of an event of this type. What does not fit is kept as it is.
    pub(super) fn read(event_type: &EventType, json: Value) -> Self {
        Shape::of(event_type).deserialize(Liberal(&json)).unwrap_or(Self::Other(json))
    }
}

/// Which fields the data of an event have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Subscriber,
    SubscriberAndForm,
    SubscriberAndSequence,
    SubscriberAndTag,
    SubscriberAndCustomField,
    Tag,
    CustomField,
    Sequence,
    Broadcast,
    Post,
    Other,
}

impl Shape {
    fn of(event_type: &EventType) -> Self {
        match event_type {
            EventType::SubscriberCreated
            | EventType::SubscriberActivated
            | EventType::SubscriberUnsubscribed
            | EventType::SubscriberBounced
            | EventType::SubscriberComplained => Self::Subscriber,
            EventType::SubscriberSubscribedToForm => Self::SubscriberAndForm,
            EventType::SubscriberAddedToSequence | EventType::SubscriberSequenceCompleted => {
                Self::SubscriberAndSequence
            }
            EventType::SubscriberTagAdded | EventType::SubscriberTagRemoved => {
                Self::SubscriberAndTag
            }
            EventType::SubscriberCustomFieldValueUpdated => Self::SubscriberAndCustomField,
            EventType::TagCreated | EventType::TagDeleted => Self::Tag,
            EventType::CustomFieldCreated | EventType::CustomFieldDeleted => Self::CustomField,
            EventType::SequenceCreated
            | EventType::SequenceDeleted
            | EventType::SequencePublished
            | EventType::SequenceDisabled => Self::Sequence,
            EventType::BroadcastCreated
            | EventType::BroadcastSent
            | EventType::BroadcastDeleted => Self::Broadcast,
            EventType::PostPublished => Self::Post,
            // The data of planned types are not documented.
            EventType::SubscriberProductPurchased
            | EventType::SubscriberLinkClicked
            | EventType::SubscriberEmailOpened
            | EventType::LandingPageCreated
            | EventType::LandingPageDeleted
            | EventType::Other(_) => Self::Other,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Shape {
    type Value = EventData;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<EventData, D::Error> {
        Ok(match self {
            Self::Subscriber => {
                let SubscriberAlone { subscriber } = Deserialize::deserialize(from)?;
                EventData::Subscriber { subscriber }
            }
            Self::SubscriberAndForm => {
                let OfForm { subscriber, form } = Deserialize::deserialize(from)?;
                EventData::SubscriberAndForm { subscriber, form }
            }
            Self::SubscriberAndSequence => {
                let OfSequence { subscriber, sequence } = Deserialize::deserialize(from)?;
                EventData::SubscriberAndSequence { subscriber, sequence }
            }
            Self::SubscriberAndTag => {
                let OfTag { subscriber, tag } = Deserialize::deserialize(from)?;
                EventData::SubscriberAndTag { subscriber, tag }
            }
            Self::SubscriberAndCustomField => {
                let OfCustomField { subscriber, custom_field } = Deserialize::deserialize(from)?;
                EventData::SubscriberAndCustomField { subscriber, custom_field }
            }
            Self::Tag => {
                let TagAlone { tag } = Deserialize::deserialize(from)?;
                EventData::Tag { tag }
            }
            Self::CustomField => {
                let CustomFieldAlone { custom_field } = Deserialize::deserialize(from)?;
                EventData::CustomField { custom_field }
            }
            Self::Sequence => {
                let SequenceAlone { sequence } = Deserialize::deserialize(from)?;
                EventData::Sequence { sequence }
            }
            Self::Broadcast => {
                let BroadcastAlone { broadcast } = Deserialize::deserialize(from)?;
                EventData::Broadcast { broadcast }
            }
            Self::Post => {
                let PostAlone { post } = Deserialize::deserialize(from)?;
                EventData::Post { post }
            }
            Self::Other => EventData::Other(Value::deserialize(from)?),
        })
    }
}

macro_rules! shapes {
    ($($name:ident { $($field:ident: $of:ty),+ })+) => {$(
        #[derive(Deserialize)]
        struct $name {
            $($field: $of,)+
        }
    )+};
}

shapes! {
    SubscriberAlone { subscriber: Subscriber }
    OfForm { subscriber: Subscriber, form: Box<Form> }
    OfSequence { subscriber: Subscriber, sequence: Box<Sequence> }
    OfTag { subscriber: Subscriber, tag: Tag }
    OfCustomField { subscriber: Subscriber, custom_field: Box<CustomField> }
    TagAlone { tag: Tag }
    CustomFieldAlone { custom_field: Box<CustomField> }
    SequenceAlone { sequence: Box<Sequence> }
    BroadcastAlone { broadcast: Box<Broadcast> }
    PostAlone { post: Box<Post> }
}
