use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::delivered_event::Fitting;
use super::{DeliveredEvent, DeliveryError, EventId};
use crate::DeliveryId;
use crate::webhook_endpoints::DeliveryRecord;
use crate::wire::liberal;

/// The events that Kit posts to a webhook endpoint at once: usually one, up to 100, all of one type.
///
/// An event that cannot be read is kept in [`unreadable`](Self::unreadable), and the others are read all the same.
///
/// Source: Kit's guide "Delivery format". In what order events come, within a delivery and from one to the next,
/// is not documented.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Delivery {
    /// The id of the delivery, which it keeps over all attempts.
    pub id: DeliveryId,
    /// The events.
    pub events: Vec<DeliveredEvent>,
    /// Events that cannot be read, because they have no `id`, `type` or `data`, for example.
    pub unreadable: Vec<UnreadableEvent>,
}

/// An event that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct UnreadableEvent {
    /// The id, if it has one.
    pub id: Option<EventId>,
    /// The reason why the event cannot be read.
    pub reason: String,
    /// The event as it came.
    pub json: String,
}

impl Delivery {
    /// Makes a delivery for a test.
    pub fn new(id: impl Into<DeliveryId>, events: Vec<DeliveredEvent>) -> Self {
        Self { id: id.into(), events, unreadable: Vec::new() }
    }

    /// Reads the events in Kit's log: of a delivery that was asked for with its payload, to catch up on what was
    /// delivered while nobody received.
    ///
    /// The shape of the payload is not documented: this reads a list of events, or an object with one in `events`.
    ///
    /// # Errors
    ///
    /// [`DeliveryError::Unreadable`] where there is no list of events.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_core::deliveries::Delivery;
    /// use kit_core::webhook_endpoints::DeliveryRecord;
    ///
    /// let record: DeliveryRecord = serde_json::from_str(r#"{"id": 9, "status": "failed", "payload": {"events": [
    ///     {"id": "e1", "type": "tag.moved", "created": "2026-07-29T14:32:10Z", "data": {}}]}}"#)?;
    /// assert_eq!(Delivery::of_record(&record)?.events[0].id.as_str(), "e1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_record(record: &DeliveryRecord) -> Result<Self, DeliveryError> {
        let payload = record.other.get("payload");
        let events = payload.and_then(|payload| payload.get("events").or(Some(payload)));
        let events = events.and_then(Value::as_array).ok_or_else(|| {
            DeliveryError::Unreadable("the record has no payload with events".to_owned())
        })?;
        let mut delivery = Self::new(record.id, Vec::with_capacity(events.len()));
        for event in events {
            match liberal::from_value(event) {
                Ok(event) => delivery.events.push(event),
                Err(error) => {
                    delivery.unreadable.push(UnreadableEvent::new(&event.to_string(), &error));
                }
            }
        }
        Ok(delivery)
    }

    /// Reads the body of a delivery that is known to be Kit's: see [`Verifier`](super::Verifier).
    ///
    /// # Errors
    ///
    /// [`DeliveryError::Unreadable`] where the body is no JSON, or has no list of events, or has a field twice.
    pub fn read(body: &[u8]) -> Result<Self, DeliveryError> {
        // Nearly always all is as documented, and going through each event twice takes twice as many instructions.
        if let Ok(Envelope { id, events }) = liberal::from_slice::<Envelope<Fitting>>(body) {
            let events = events.into_iter().map(|Fitting(event)| event).collect();
            return Ok(Self { id, events, unreadable: Vec::new() });
        }
        let Envelope { id, events } = liberal::from_slice::<Envelope<&RawValue>>(body)
            .map_err(|error| DeliveryError::Unreadable(error.to_string()))?;
        let mut delivery =
            Self { id, events: Vec::with_capacity(events.len()), unreadable: Vec::new() };
        for event in events {
            match liberal::from_slice(event.get().as_bytes()) {
                Ok(event) => delivery.events.push(event),
                Err(error) => delivery.unreadable.push(UnreadableEvent::new(event.get(), &error)),
            }
        }
        Ok(delivery)
    }
}

impl UnreadableEvent {
    /// An event that was read, but of which the receiver can make nothing: what it writes down would be unreadable, say.
    pub fn of(event: &DeliveredEvent, reason: impl fmt::Display) -> Self {
        // An event that was read can be written.
        let json = serde_json::to_string(event).unwrap_or_default();
        Self { id: Some(event.id.clone()), reason: reason.to_string(), json }
    }

    fn new(json: &str, error: &serde_json::Error) -> Self {
        #[derive(Deserialize)]
        struct Identified {
            id: EventId,
        }
        let id = liberal::from_slice(json.as_bytes()).ok().map(|Identified { id }| id);
        Self { id, reason: error.to_string(), json: json.to_owned() }
    }
}

/// The fields of a delivery, each of which must not come twice.
struct Envelope<E> {
    id: DeliveryId,
    events: Vec<E>,
}

impl<'de, E: Deserialize<'de>> Deserialize<'de> for Envelope<E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EnvelopeVisitor(std::marker::PhantomData))
    }
}

struct EnvelopeVisitor<E>(std::marker::PhantomData<E>);

impl<'de, E: Deserialize<'de>> Visitor<'de> for EnvelopeVisitor<E> {
    type Value = Envelope<E>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a delivery")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope<E>, A::Error> {
        #[derive(Deserialize)]
        #[serde(field_identifier, rename_all = "snake_case")]
        enum Field {
            DeliveryId,
            Events,
            #[serde(other)]
            Unknown,
        }
        let (mut id, mut events) = (None, None);
        while let Some(field) = map.next_key()? {
            match field {
                Field::DeliveryId if id.is_some() => {
                    return Err(A::Error::duplicate_field("delivery_id"));
                }
                Field::DeliveryId => id = Some(map.next_value()?),
                Field::Events if events.is_some() => {
                    return Err(A::Error::duplicate_field("events"));
                }
                Field::Events => events = Some(map.next_value()?),
                Field::Unknown => drop(map.next_value::<serde::de::IgnoredAny>()?),
            }
        }
        Ok(Envelope {
            id: id.ok_or_else(|| A::Error::missing_field("delivery_id"))?,
            events: events.ok_or_else(|| A::Error::missing_field("events"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliveries::EventData;
    use crate::subscribers::SubscriberState;
    use crate::webhook_endpoints::EventType;

    const SUBSCRIBER: &str = r#"{"id": 1, "first_name": null, "email_address": "a@b.c", "state": "active",
        "created_at": "2026-07-29T14:32:10Z", "fields": {"company": "X", "last_name": null}}"#;

    fn event(id: &str, event_type: &str, data: &str) -> String {
        format!(
            r#"{{"id": "{id}", "type": "{event_type}", "created": "2026-07-29T14:32:10Z", "data": {data}}}"#
        )
    }

    fn envelope(events: &[String]) -> Vec<u8> {
        format!(r#"{{"delivery_id": 9, "events": [{}]}}"#, events.join(", ")).into_bytes()
    }

    #[test]
    fn an_event_has_its_data_typed() {
        let data = format!(r#"{{"subscriber": {SUBSCRIBER}, "tag": {{"id": 4, "name": "VIP"}}}}"#);
        let delivery =
            Delivery::read(&envelope(&[event("e1", "subscriber.tag_added", &data)])).unwrap();
        assert_eq!((delivery.id, delivery.unreadable.len()), (9.into(), 0));
        let [event] = &*delivery.events else { panic!("not one event") };
        assert_eq!((event.id.as_str(), &event.event_type), ("e1", &EventType::SubscriberTagAdded));
        assert_eq!(event.created.to_string(), "2026-07-29T14:32:10Z");
        let EventData::SubscriberAndTag { subscriber, tag } = &event.data else {
            panic!("{event:?}")
        };
        assert_eq!((subscriber.id, &subscriber.state), (1.into(), &SubscriberState::Active));
        assert_eq!(subscriber.fields["company"].as_deref(), Some("X"));
        assert_eq!((tag.id, tag.name.as_str()), (4.into(), "VIP"));
    }

    #[test]
    fn unknown_and_malformed_data_are_kept_as_json() {
        for (event_type, data) in [
            ("subscriber.moved", r#"{"city": "Paris"}"#),
            ("subscriber.created", r#"{"subscriber": {"id": "x"}}"#),
            ("subscriber.created", "null"),
            ("subscriber.link_clicked", "[1]"),
        ] {
            let whole = event("e1", event_type, data);
            let delivery = Delivery::read(&envelope(std::slice::from_ref(&whole))).unwrap();
            assert_eq!(
                delivery.events[0].data,
                EventData::Other(serde_json::from_str(data).unwrap())
            );
            assert_eq!(delivery.events[0].event_type.as_str(), event_type);
            // Written again, it is what it was.
            let written = serde_json::to_value(&delivery.events[0]).unwrap();
            assert_eq!(written, serde_json::from_str::<serde_json::Value>(&whole).unwrap());
        }
    }

    #[test]
    fn one_event_that_cannot_be_read_loses_no_other() {
        let good = event("e1", "subscriber.created", &format!(r#"{{"subscriber": {SUBSCRIBER}}}"#));
        for (bad, id) in [
            (r#"{"type": "tag.created", "created": "2026-07-29T14:32:10Z", "data": {}}"#, None),
            (
                r#"{"id": "e2", "type": "tag.created", "created": "yesterday", "data": {}}"#,
                Some("e2"),
            ),
            (
                r#"{"id": "e2", "id": "e3", "type": "a", "created": "2026-07-29T14:32:10Z", "data": {}}"#,
                None,
            ),
            (r#"{"id": "e2", "type": "a", "created": "2026-07-29T14:32:10Z"}"#, Some("e2")),
            ("7", None),
        ] {
            let body = envelope(&[good.clone(), bad.into(), good.clone()]);
            let delivery = Delivery::read(&body).unwrap();
            assert_eq!(delivery.events.len(), 2, "{bad}");
            assert!(matches!(delivery.events[1].data, EventData::Subscriber { .. }));
            let [unreadable] = &*delivery.unreadable else { panic!("{bad}") };
            assert_eq!(
                (unreadable.json.as_str(), unreadable.id.as_ref().map(EventId::as_str)),
                (bad, id)
            );
        }
    }

    #[test]
    fn the_order_of_fields_does_not_count_and_more_fields_are_passed_over() {
        let body = format!(
            r#"{{"more": [1], "events": [{{"data": {{"subscriber": {SUBSCRIBER}}}, "more": 1, "created":
                "2026-07-29T14:32:10+02:00", "type": "subscriber.created", "id": "e1"}}], "delivery_id": "9"}}"#
        );
        let delivery = Delivery::read(body.as_bytes()).unwrap();
        assert_eq!(delivery.id, 9.into());
        assert!(matches!(delivery.events[0].data, EventData::Subscriber { .. }));
        assert_eq!(delivery.events[0].created, "2026-07-29T12:32:10Z".parse().unwrap());
    }

    #[test]
    fn a_request_that_is_no_delivery_is_refused() {
        for (body, reason) in [
            ("", "EOF"),
            ("<html>", "expected value"),
            ("[]", "expected a delivery"),
            (r#"{"events": []}"#, "missing field `delivery_id`"),
            (r#"{"delivery_id": 9}"#, "missing field `events`"),
            (r#"{"delivery_id": 9, "events": {}}"#, "expected a sequence"),
            (
                r#"{"delivery_id": 9, "delivery_id": 9, "events": []}"#,
                "duplicate field `delivery_id`",
            ),
            (r#"{"delivery_id": 9, "events": [], "events": []}"#, "duplicate field `events`"),
            (r#"{"delivery_id": 9, "events": []} x"#, "trailing characters"),
        ] {
            let error = Delivery::read(body.as_bytes()).unwrap_err();
            assert!(error.to_string().contains(reason), "{body}: {error}");
            assert_eq!(error.status(), 400);
        }
        let deep = format!(r#"{{"delivery_id": 9, "events": [{}"#, "[".repeat(100_000));
        Delivery::read(deep.as_bytes()).unwrap_err();
    }
}
