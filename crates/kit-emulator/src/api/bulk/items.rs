//! The items of a bulk request, looked through before they are kept: a list of small things is many times as large in
//! memory.

use std::collections::HashMap;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// How many items a request may have.
const MAX_ITEMS: usize = 1_000_000;

/// # Errors
///
/// The reason, if the list holds anything but objects, or too many. A body that is no JSON, or holds no list, is no error here.
pub(super) fn check(body: &[u8], list: &str) -> Result<(), String> {
    let fields = serde_json::from_slice::<HashMap<String, &RawValue>>(body).unwrap_or_default();
    let Some(items) = fields.get(list).filter(|items| items.get().starts_with('[')) else {
        return Ok(());
    };
    match serde_json::from_str(items.get()) {
        Ok(Objects(count)) if count > MAX_ITEMS => {
            Err(format!("{list} must have at most {MAX_ITEMS} items"))
        }
        Ok(Objects(_)) => Ok(()),
        Err(_) => Err(format!("{list} must be a list of objects")),
    }
}

/// How many objects there are in a list of nothing else.
struct Objects(usize);

impl<'de> Deserialize<'de> for Objects {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Counting;
        impl<'de> Visitor<'de> for Counting {
            type Value = Objects;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of objects")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Objects, A::Error> {
                let mut count = 0;
                while let Some(Object) = items.next_element()? {
                    count += 1;
                }
                Ok(Objects(count))
            }
        }
        deserializer.deserialize_seq(Counting)
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
