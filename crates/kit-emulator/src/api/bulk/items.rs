//! The items of a bulk request, looked through before they are kept: a list of small things is many times as large in
//! memory.

use std::fmt;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// How many items a request may have.
const MAX_ITEMS: usize = 1_000_000;

/// # Errors
///
/// Where the list holds anything but objects, or too many. What is no JSON is no error here.
pub(super) fn check(body: &[u8], list: &str) -> Result<(), String> {
    let mut wrong = None;
    // It ends early where something is wrong, as if this were no JSON.
    let _ = Body { list, wrong: &mut wrong }
        .deserialize(&mut serde_json::Deserializer::from_slice(body));
    let is_json = || serde_json::from_slice::<IgnoredAny>(body).is_ok();
    wrong.filter(|_| is_json()).map_or(Ok(()), Err)
}

struct Body<'a> {
    list: &'a str,
    wrong: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Body<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Body<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == self.list {
                map.next_value_seed(Items { list: self.list, wrong: self.wrong })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Items<'a> {
    list: &'a str,
    wrong: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        for _ in 0..MAX_ITEMS {
            match items.next_element::<Object>() {
                Ok(Some(Object)) => {}
                Ok(None) => return Ok(()),
                Err(error) => {
                    *self.wrong = Some(format!("{} must be a list of objects", self.list));
                    return Err(error);
                }
            }
        }
        if items.next_element::<IgnoredAny>()?.is_some() {
            let wrong = format!("{} must have at most {MAX_ITEMS} items", self.list);
            *self.wrong = Some(wrong.clone());
            return Err(A::Error::custom(wrong));
        }
        Ok(())
    }
}

/// An object, whatever is in it.
struct Object;

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Object)
            }
        }
        deserializer.deserialize_map(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_objects_and_not_too_many() {
        let refused = |body: &str| check(body.as_bytes(), "tags").err();
        for fine in [
            "",
            "{",
            "[]",
            "{}",
            r#"{"tags": [{"#,
            r#"{"tags": [{}, {"name": [1]}]}"#,
            r#"{"tags": null}"#,
        ] {
            assert_eq!(refused(fine), None, "{fine}");
        }
        for item in ["[]", "1", "null", "\"a\""] {
            let body = format!(r#"{{"other": [[]], "tags": [{{}}, {item}]}}"#);
            assert_eq!(refused(&body).as_deref(), Some("tags must be a list of objects"), "{body}");
        }
        let many = |count: usize| format!("{{\"tags\": [{}{{}}]}}", "{},".repeat(count - 1));
        assert_eq!(refused(&many(MAX_ITEMS)), None);
        assert_eq!(
            refused(&many(MAX_ITEMS + 1)).as_deref(),
            Some("tags must have at most 1000000 items")
        );
    }
}
