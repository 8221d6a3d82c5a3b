//! Reading JSON more liberally than its documentation is: `serde` does as the documents say, Kit does not always.
//!
//! | documented | also read | as |
//! | --- | --- | --- |
//! | a list | null | an empty list |
//! | a map | null | an empty map |
//! | a text | null | an empty text |
//! | a text | a number, true or false | the text of it |
//! | a number | a text that is a number | the number |
//!
//! Numbers, booleans and times that may be null are `Option`s in the types of replies.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected, Visitor,
};

/// Reads a value from JSON.
///
/// # Errors
///
/// The problem of the JSON, or of its shape.
#[cfg(any(test, feature = "deliveries"))]
pub(crate) fn from_slice<'a, T: serde::Deserialize<'a>>(json: &'a [u8]) -> serde_json::Result<T> {
    seed_from_slice(PhantomData, json)
}

/// Reads a value from JSON by a seed.
pub(crate) fn seed_from_slice<'a, S: DeserializeSeed<'a>>(
    seed: S,
    json: &'a [u8],
) -> serde_json::Result<S::Value> {
    let mut json = serde_json::Deserializer::from_slice(json);
    let value = seed.deserialize(Liberal(&mut json))?;
    json.end()?;
    Ok(value)
}

/// The path to the value for which JSON cannot be read, such as `subscribers[3].state`. Empty for the outermost value.
/// Reads the JSON once more.
pub(crate) fn path_of_error<'a, S: DeserializeSeed<'a>>(seed: S, json: &'a [u8]) -> String {
    let mut track = serde_path_to_error::Track::new();
    let mut json = serde_json::Deserializer::from_slice(json);
    let json = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    if seed.deserialize(Liberal(json)).is_ok() {
        return String::new();
    }
    let path = track.path();
    if path.iter().len() == 0 { String::new() } else { path.to_string() }
}

/// Reads a value from JSON that was read already.
pub(crate) fn from_value<'a, T: serde::Deserialize<'a>>(
    json: &'a serde_json::Value,
) -> serde_json::Result<T> {
    T::deserialize(Liberal(json))
}

/// A deserializer that reads more than its inner one.
pub(crate) struct Liberal<D>(pub(crate) D);

/// The type that is asked for.
#[derive(Clone, Copy)]
enum Wanted {
    Text,
    Number,
    List,
    Map,
    Other,
}

/// Passes on what was found, or what it stands for.
struct Reader<V> {
    visitor: V,
    wanted: Wanted,
}

impl<V> Reader<V> {
    fn new(visitor: V, wanted: Wanted) -> Self {
        Self { visitor, wanted }
    }
}

/// Passes to the inner deserializer, which need not know what is wanted.
macro_rules! by_any {
    ($($wanted:ident: $($method:ident)+;)+) => {$($(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.deserialize_any(Reader::new(visitor, Wanted::$wanted))
        }
    )+)+};
}

/// Passes to the same method of the inner deserializer.
macro_rules! by_itself {
    ($($method:ident($($name:ident: $type:ty),*))+) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, $($name: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($name,)* Reader::new(visitor, Wanted::Other))
        }
    )+};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Liberal<D> {
    type Error = D::Error;

    by_any! {
        Text: deserialize_str deserialize_string;
        Number: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
            deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
            deserialize_f32 deserialize_f64;
        List: deserialize_seq;
        Map: deserialize_map;
    }

    by_itself! {
        deserialize_bool()
        deserialize_char()
        deserialize_bytes()
        deserialize_byte_buf()
        deserialize_option()
        deserialize_unit()
        deserialize_unit_struct(name: &'static str)
        deserialize_tuple(length: usize)
        deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }

    /// Whoever takes anything takes it as it is.
    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(visitor)
    }

    #[inline]
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_identifier(visitor)
    }

    #[inline]
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_ignored_any(visitor)
    }

    /// The names of `serde_json`'s own types ask for JSON as it stands.
    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        if name.starts_with("$serde_json::private::") {
            return self.0.deserialize_newtype_struct(name, visitor);
        }
        self.0.deserialize_newtype_struct(name, Reader::new(visitor, Wanted::Other))
    }
}

impl<'de, V: Visitor<'de>> Reader<V> {
    /// A number as `serde_json` hands it over where it keeps all its digits.
    fn of_digits<A: MapAccess<'de>>(self, mut map: A) -> Result<V::Value, A::Error> {
        let key: Option<String> = map.next_key()?;
        if key.as_deref() != Some("$serde_json::private::Number") {
            return Err(A::Error::invalid_type(Unexpected::Map, &self.visitor));
        }
        let digits: String = map.next_value()?;
        self.of_number(&digits)
    }

    /// Reads the wanted value from the text of a number.
    fn of_number<E: Error>(self, text: &str) -> Result<V::Value, E> {
        if matches!(self.wanted, Wanted::Text) {
            return self.visitor.visit_str(text);
        }
        if let Ok(number) = text.parse() {
            return self.visitor.visit_u64(number);
        }
        if let Ok(number) = text.parse() {
            return self.visitor.visit_i64(number);
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => self.visitor.visit_f64(number),
            _ => Err(E::invalid_value(Unexpected::Str(text), &self.visitor)),
        }
    }
}

/// A scalar, as text where text is wanted.
macro_rules! scalars {
    ($($method:ident: $type:ty,)+) => {$(
        #[inline]
        fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
            match self.wanted {
                Wanted::Text => self.visitor.visit_string(value.to_string()),
                _ => self.visitor.$method(value),
            }
        }
    )+};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Reader<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    scalars! {
        visit_bool: bool,
        visit_i64: i64,
        visit_i128: i128,
        visit_u64: u64,
        visit_u128: u128,
        visit_f64: f64,
    }

    #[inline]
    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        match self.wanted {
            Wanted::Number => self.of_number(text),
            _ => self.visitor.visit_str(text),
        }
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<V::Value, E> {
        match self.wanted {
            Wanted::Number => self.of_number(text),
            _ => self.visitor.visit_borrowed_str(text),
        }
    }

    #[inline]
    fn visit_string<E: Error>(self, text: String) -> Result<V::Value, E> {
        match self.wanted {
            Wanted::Number => self.of_number(&text),
            _ => self.visitor.visit_string(text),
        }
    }

    #[inline]
    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<V::Value, E> {
        self.visitor.visit_bytes(bytes)
    }

    #[inline]
    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    /// Null.
    #[inline]
    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        match self.wanted {
            Wanted::Text => self.visitor.visit_str(""),
            Wanted::List => self.visitor.visit_seq(Nothing(PhantomData)),
            Wanted::Map => self.visitor.visit_map(Nothing(PhantomData)),
            Wanted::Number | Wanted::Other => self.visitor.visit_unit(),
        }
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(Liberal(deserializer))
    }

    #[inline]
    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Liberal(deserializer))
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_seq(Inside(list))
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        match self.wanted {
            Wanted::Text | Wanted::Number => self.of_digits(map),
            _ => self.visitor.visit_map(Inside(map)),
        }
    }

    #[inline]
    fn visit_enum<A: EnumAccess<'de>>(self, value: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(value)
    }
}

/// The elements of a list, or the values of a map, which are read liberally, too.
struct Inside<A>(A);

/// Reads one of them.
struct Seed<S>(S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Seed<S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Liberal(deserializer))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Inside<A> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Seed(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Inside<A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Seed(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

/// A list or a map with nothing in it.
struct Nothing<E>(PhantomData<E>);

impl<'de, E: Error> SeqAccess<'de> for Nothing<E> {
    type Error = E;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, _: S) -> Result<Option<S::Value>, E> {
        Ok(None)
    }
}

impl<'de, E: Error> MapAccess<'de> for Nothing<E> {
    type Error = E;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, _: S) -> Result<Option<S::Value>, E> {
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, _: S) -> Result<S::Value, E> {
        Err(E::custom("an empty map has no value"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::Value;

    use super::*;
    use crate::wire::{Decimal, Presence};

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Reply {
        text: String,
        list: Vec<String>,
        map: BTreeMap<String, Option<String>>,
        number: u64,
        below: i64,
        fraction: f64,
        maybe: Option<u8>,
        presence: Presence<String>,
        any: Value,
        decimal: Option<Decimal>,
    }

    fn read(json: &str) -> Reply {
        let reply = from_slice(json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"));
        assert_eq!(from_value::<Reply>(&serde_json::from_str(json).unwrap()).unwrap(), reply);
        reply
    }

    #[test]
    fn null_is_an_empty_text_list_or_map() {
        let json = r#"{"text": null, "list": null, "map": null, "maybe": null, "any": null,
            "decimal": null, "presence": null}"#;
        assert_eq!(read(json), Reply { presence: Presence::Null, ..Reply::default() });
        assert_eq!(read(r#"{"list": [null, "a"]}"#).list, ["", "a"]);
        assert_eq!(read(r#"{"map": {"a": null}}"#).map["a"], None);
    }

    #[test]
    fn numbers_and_texts_stand_for_each_other() {
        let read_text = |json: &str| read(&format!(r#"{{"text": {json}}}"#)).text;
        for (json, text) in [("7", "7"), ("-7", "-7"), ("7.25", "7.25"), ("true", "true")] {
            assert_eq!(read_text(json), text);
        }
        let json = r#"{"number": "7", "below": "-7", "fraction": "1.5", "maybe": "8", "list": [1],
            "map": {"a": 2}, "presence": 3, "decimal": "2.50", "any": 9}"#;
        let reply = read(json);
        assert_eq!((reply.number, reply.below, reply.fraction, reply.maybe), (7, -7, 1.5, Some(8)));
        assert_eq!((reply.list[0].as_str(), reply.map["a"].as_deref()), ("1", Some("2")));
        assert_eq!((reply.presence, reply.any), (Presence::Value("3".into()), Value::from(9)));
        assert_eq!(reply.decimal.unwrap().as_str(), "2.50");
        assert_eq!(read(r#"{"fraction": 1}"#).fraction.to_string(), "1");
        assert_eq!(read(r#"{"fraction": 1.25}"#).fraction.to_string(), "1.25");
    }

    #[test]
    fn anything_else_is_an_error_as_before() {
        for json in [
            r#"{"text": {}}"#,
            r#"{"text": []}"#,
            r#"{"text": {"a": "1"}}"#,
            r#"{"list": "a"}"#,
            r#"{"map": []}"#,
            r#"{"number": "a"}"#,
            r#"{"number": ""}"#,
            r#"{"number": "inf"}"#,
            r#"{"number": null}"#,
            r#"{"number": {}}"#,
            r#"{"number": {"a": "1"}}"#,
            r#"{"number": true}"#,
            r#"{"maybe": 300}"#,
            r#"{"maybe": "300"}"#,
            r#"{"text": "a"} x"#,
            "null",
            "[[]]",
        ] {
            assert!(from_slice::<Reply>(json.as_bytes()).is_err(), "{json}");
        }
    }
}
