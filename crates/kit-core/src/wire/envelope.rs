//! Envelopes: objects of which one or two fields count, and all others are passed over.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Reads one field of an object.
pub(super) struct Field<'n, T> {
    name: &'n str,
    value: PhantomData<T>,
}

impl<T> Clone for Field<'_, T> {
    fn clone(&self) -> Self {
        Self { name: self.name, value: PhantomData }
    }
}

impl<'n, T> Field<'n, T> {
    pub(super) fn new(name: &'n str) -> Self {
        Self { name, value: PhantomData }
    }
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Field<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Field<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", self.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut value = None;
        while let Some(index) = map.next_key_seed(KeyOf(&[self.name]))? {
            match index {
                Some(_) if value.is_some() => return Err(duplicate(self.name)),
                Some(_) => value = Some(map.next_value()?),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        value.ok_or_else(|| missing(self.name))
    }
}

/// Reads two fields of an object.
pub(super) struct Fields<'n, A, B> {
    names: [&'n str; 2],
    values: PhantomData<(A, B)>,
}

impl<A, B> Clone for Fields<'_, A, B> {
    fn clone(&self) -> Self {
        Self { names: self.names, values: PhantomData }
    }
}

impl<'n, A, B> Fields<'n, A, B> {
    pub(super) fn new(names: [&'n str; 2]) -> Self {
        Self { names, values: PhantomData }
    }
}

impl<'de, A: Deserialize<'de>, B: Deserialize<'de>> DeserializeSeed<'de> for Fields<'_, A, B> {
    type Value = (A, B);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(A, B), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, A: Deserialize<'de>, B: Deserialize<'de>> Visitor<'de> for Fields<'_, A, B> {
    type Value = (A, B);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.names;
        write!(f, "an object with `{first}` and `{second}`")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(A, B), M::Error> {
        let [first, second] = self.names;
        let (mut a, mut b) = (None, None);
        while let Some(index) = map.next_key_seed(KeyOf(&self.names))? {
            match index {
                Some(0) if a.is_some() => return Err(duplicate(first)),
                Some(0) => a = Some(map.next_value()?),
                Some(_) if b.is_some() => return Err(duplicate(second)),
                Some(_) => b = Some(map.next_value()?),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok((a.ok_or_else(|| missing(first))?, b.ok_or_else(|| missing(second))?))
    }
}

// The names are not `'static`, as serde's own `missing_field` wants them.
fn missing<E: Error>(name: &str) -> E {
    E::custom(format_args!("missing field `{name}`"))
}

fn duplicate<E: Error>(name: &str) -> E {
    E::custom(format_args!("duplicate field `{name}`"))
}

/// Which of these names a key is.
struct KeyOf<'n>(&'n [&'n str]);

impl<'de> DeserializeSeed<'de> for KeyOf<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeyOf<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|name| *name == key))
    }
}
