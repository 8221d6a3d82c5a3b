//! Events as JSON: read liberally, written as the documented example has them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::argument::Argument;
use super::parameter::Parameter;
use super::{Event, OtherEvent};

/// An older official client of Kit's sends `course_id` for `sequence_id`, and a reply may use either.
const COURSE_ID: &str = "course_id";

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", self.name())?;
        for parameter in Parameter::ALL {
            map.serialize_entry(parameter.key(), &self.argument(parameter))?;
        }
        if let Self::Other(other) = self {
            for (key, value) in other.parameters() {
                if Parameter::of_key(key).is_none() {
                    map.serialize_entry(key, value)?;
                }
            }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = deserializer.deserialize_map(EventVisitor)?;
        if fields.name.is_none() {
            return Err(D::Error::missing_field("name"));
        }
        Ok(fields.into_event())
    }
}

/// Reads the event of a webhook that exists. Null is an event without a name, and so is an object without one.
pub(super) fn or_nameless<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Event, D::Error> {
    let fields = Option::<Fields<'de>>::deserialize(deserializer)?;
    Ok(fields.map_or_else(OtherEvent::nameless, Fields::into_event))
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EventVisitor)
    }
}

/// The fields of an event as they stand in the JSON.
#[derive(Debug)]
struct Fields<'de> {
    name: Option<Cow<'de, str>>,
    known: [Argument<'de>; Parameter::ALL.len()],
    course_id: Option<Argument<'de>>,
    unknown: Map<String, Value>,
}

impl<'de> Fields<'de> {
    fn into_event(self) -> Event {
        let name = self.name.as_deref().unwrap_or_default();
        match Event::recognise(name, |parameter| self.given(parameter)) {
            Some(event) => event,
            None => self.into_other(),
        }
    }

    fn given(&self, parameter: Parameter) -> &Argument<'de> {
        let given = self.known.get(parameter as usize).unwrap_or(&Argument::Null);
        match (parameter, given) {
            (Parameter::SequenceId, Argument::Null) => self.course_id.as_ref().unwrap_or(given),
            _ => given,
        }
    }

    fn into_other(self) -> Event {
        let Self { name, known, course_id, unknown: mut parameters } = self;
        for (parameter, argument) in Parameter::ALL.into_iter().zip(known) {
            parameters.insert(parameter.key().into(), argument.into_json());
        }
        if let Some(course_id) = course_id {
            parameters.insert(COURSE_ID.into(), course_id.into_json());
        }
        Event::Other(OtherEvent::new(name.unwrap_or_default().into_owned(), parameters))
    }
}

struct EventVisitor;

impl<'de> Visitor<'de> for EventVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event: an object with a name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut name = None;
        let mut known = [const { Argument::Null }; Parameter::ALL.len()];
        let mut course_id = None;
        let mut unknown = Map::new();
        while let Some(Text(key)) = map.next_key()? {
            if key == "name" {
                name = map.next_value::<Option<Text<'de>>>()?.map(|Text(name)| name);
            } else if let Some(parameter) = Parameter::of_key(&key) {
                let argument = map.next_value()?;
                if let Some(slot) = known.get_mut(parameter as usize) {
                    *slot = argument;
                }
            } else if key == COURSE_ID {
                course_id = Some(map.next_value()?);
            } else {
                unknown.insert(key.into_owned(), map.next_value()?);
            }
        }
        Ok(Fields { name, known, course_id, unknown })
    }
}

/// A string, borrowed from the input where that has no escapes in it.
struct Text<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Text(text.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Text(text.to_owned().into()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(json: Value) -> Event {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn both_names_of_a_sequence_are_read() {
        let event = Event::CourseComplete { sequence_id: 7.into() };
        assert_eq!(read(json!({"name": "course_complete", "sequence_id": 7})), event);
        assert_eq!(read(json!({"name": "course_complete", "course_id": "7"})), event);
        let both = json!({"name": "course_complete", "sequence_id": null, "course_id": 7});
        assert_eq!(read(both), event);
    }

    #[test]
    fn an_unknown_event_keeps_all_its_parameters() {
        let json = json!({"name": "subscriber.tag_add", "tag_id": -1, "form_id": null,
            "course_id": null, "city": {"id": 7}});
        let event = read(json.clone());
        let Event::Other(other) = &event else { panic!("{event:?}") };
        let kept = json!({"tag_id": -1, "course_id": null, "city": {"id": 7}});
        assert_eq!(Value::Object(other.parameters().clone()), kept);

        let written = serde_json::to_value(&event).unwrap();
        assert_eq!(
            written,
            json!({"name": "subscriber.tag_add", "form_id": null, "tag_id": -1,
                "sequence_id": null, "product_id": null, "initiator_value": null,
                "custom_field_id": null, "course_id": null, "city": {"id": 7}})
        );
        assert_eq!(read(written), event);
    }

    #[test]
    fn an_event_of_one_group_is_not_that_of_another() {
        assert!(matches!(read(json!({"name": "purchase.field_created"})), Event::Other(_)));
    }

    #[test]
    fn an_event_without_a_name_is_an_error() {
        for json in ["{}", "null", "[]", "\"tag_add\"", "{\"name\": 1}", "{\"name\": null}"] {
            assert!(serde_json::from_str::<Event>(json).is_err(), "{json}");
        }
    }
}
