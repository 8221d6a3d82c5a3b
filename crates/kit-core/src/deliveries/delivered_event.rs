use std::fmt;

use crate::wire::Timestamp;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{EventData, EventId};
use crate::webhook_endpoints::EventType;

/// An event that Kit has delivered.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DeliveredEvent {
    /// The id, by which an event that comes again is recognised.
    pub id: EventId,
    /// The type of the event.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// When it happened.
    pub created: Timestamp,
    /// To whom or what it happened.
    pub data: EventData,
}

impl DeliveredEvent {
    /// Makes an event for a test.
    pub fn new(
        id: impl Into<EventId>,
        event_type: EventType,
        created: Timestamp,
        data: EventData,
    ) -> Self {
        Self { id: id.into(), event_type, created, data }
    }
}

/// Reads an event in whatever order its fields come. Data that do not fit the type are kept as JSON.
impl<'de> Deserialize<'de> for DeliveredEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EventVisitor { is_strict: false })
    }
}

/// An event whose data fit its type, and come behind it. Reading stops at the first that does not.
pub(super) struct Fitting(pub(super) DeliveredEvent);

impl<'de> Deserialize<'de> for Fitting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EventVisitor { is_strict: true }).map(Self)
    }
}

struct EventVisitor {
    is_strict: bool,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Field {
    Id,
    Type,
    Created,
    Data,
    #[serde(other)]
    Unknown,
}

impl<'de> Visitor<'de> for EventVisitor {
    type Value = DeliveredEvent;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<DeliveredEvent, A::Error> {
        let (mut id, mut event_type, mut created) = (None, None, None);
        let (mut data, mut early) = (None, None);
        while let Some(field) = map.next_key()? {
            match field {
                Field::Id => once(&mut id, "id", map.next_value()?)?,
                Field::Type => once(&mut event_type, "type", map.next_value()?)?,
                Field::Created => once(&mut created, "created", map.next_value()?)?,
                Field::Data => match &event_type {
                    _ if data.is_some() || early.is_some() => {
                        return Err(A::Error::duplicate_field("data"));
                    }
                    Some(event_type) if self.is_strict => {
                        data = Some(map.next_value_seed(EventData::of(event_type))?);
                    }
                    _ => early = Some(map.next_value::<Value>()?),
                },
                Field::Unknown => drop(map.next_value::<serde::de::IgnoredAny>()?),
            }
        }
        let event_type: EventType = event_type.ok_or_else(|| A::Error::missing_field("type"))?;
        let data = match (data, early) {
            (Some(data), _) => data,
            (None, Some(json)) => EventData::read(&event_type, json),
            (None, None) => return Err(A::Error::missing_field("data")),
        };
        Ok(DeliveredEvent {
            id: id.ok_or_else(|| A::Error::missing_field("id"))?,
            event_type,
            created: created.ok_or_else(|| A::Error::missing_field("created"))?,
            data,
        })
    }
}

/// Keeps the value of a field that must not come twice.
fn once<T, E: serde::de::Error>(
    place: &mut Option<T>,
    name: &'static str,
    value: T,
) -> Result<(), E> {
    if place.replace(value).is_some() {
        return Err(E::duplicate_field(name));
    }
    Ok(())
}
