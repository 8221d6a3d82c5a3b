//! Fields of JSON objects, with what is wrong with them.

use serde_json::{Map, Value};

/// An object without other fields than the known ones.
pub(super) fn object<'a>(
    json: &'a Value,
    known: &[&str],
) -> Result<&'a Map<String, Value>, String> {
    let Value::Object(json) = json else { return Err("is not an object".into()) };
    match json.keys().find(|key| !known.contains(&key.as_str())) {
        Some(unknown) => Err(format!("`{unknown}` is not known; known are {}", known.join(", "))),
        None => Ok(json),
    }
}

pub(super) fn text<'a>(json: &'a Map<String, Value>, key: &str) -> Result<Option<&'a str>, String> {
    match json.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("`{key}` is not a text")),
    }
}

pub(super) fn number(json: &Map<String, Value>, key: &str) -> Result<Option<u64>, String> {
    match json.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            value.as_u64().map(Some).ok_or_else(|| format!("`{key}` is not a whole number"))
        }
    }
}

pub(super) fn flag(json: &Map<String, Value>, key: &str) -> Result<bool, String> {
    match json.get(key) {
        None | Some(Value::Null) => Ok(false),
        Some(value) => value.as_bool().ok_or_else(|| format!("`{key}` is not true or false")),
    }
}
