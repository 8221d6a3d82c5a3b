use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::id::from_decimal;

/// The value of an event's parameter: any JSON value.
#[derive(Clone, Debug)]
pub(super) enum Argument<'a> {
    Null,
    Id(u64),
    Text(Cow<'a, str>),
    /// Anything else.
    Json(Cow<'a, Value>),
}

impl Argument<'_> {
    /// The id, if the value is an id: a number or a decimal string.
    pub(super) fn id(&self) -> Option<u64> {
        match self {
            Self::Id(id) => Some(*id),
            Self::Text(text) => from_decimal(text),
            Self::Null | Self::Json(_) => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Id(_) | Self::Json(_) => None,
        }
    }

    pub(super) fn into_json(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Id(id) => id.into(),
            Self::Text(text) => Value::String(text.into_owned()),
            Self::Json(value) => value.into_owned(),
        }
    }
}

impl Serialize for Argument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Id(id) => serializer.serialize_u64(*id),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Json(value) => value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Argument<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyJson)
    }
}

/// Reads any JSON value. Numbers and texts, which nearly all values are, need no allocation.
struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Argument<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Argument::Null)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(Argument::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_u64<E>(self, id: u64) -> Result<Self::Value, E> {
        Ok(Argument::Id(id))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(u64::try_from(number).map_or_else(|_| json(number), Argument::Id))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(json(number))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(json(value))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Argument::Text(text.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Argument::Text(text.to_owned().into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(seq)).map(json)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(map)).map(json)
    }
}

fn json<'a>(value: impl Into<Value>) -> Argument<'a> {
    Argument::Json(Cow::Owned(value.into()))
}
