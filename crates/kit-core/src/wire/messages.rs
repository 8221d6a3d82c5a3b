//! Kit's error messages, in all the shapes that they come in.

use serde_json::{Map, Value};

/// The texts in a value of `errors`: of a list, of lists in a list, or of an object's values, one after the other. A
/// message that is no text is written as JSON. Null has no messages.
pub(crate) fn texts(errors: &Value) -> Vec<String> {
    let mut found = Vec::new();
    // The values still to be looked at, the next one at the end: however deep they are, nothing recurses.
    let mut left = vec![errors];
    while let Some(value) = left.pop() {
        match value {
            Value::Null => {}
            Value::String(text) => found.push(text.clone()),
            Value::Array(values) => left.extend(values.iter().rev()),
            Value::Object(object) => left.extend(object.values().rev()),
            Value::Bool(_) | Value::Number(_) => found.push(value.to_string()),
        }
    }
    found
}

/// The messages of an error's body: `{"errors": …}`, or the older `{"error": "…", "message": "…"}`.
///
/// Source: Kit's API v4, "Errors"; Kit's own clients read the other shapes.
pub(crate) fn of_body(body: &[u8]) -> Vec<String> {
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else { return Vec::new() };
    let named = |name: &str| body.get(name).map(texts).unwrap_or_default();
    let errors = named("errors");
    if !errors.is_empty() {
        return errors;
    }
    // The token endpoint's `error` is a code, which has its own type.
    if body.contains_key("error_description") {
        return Vec::new();
    }
    let mut messages = named("error");
    for message in named("message") {
        if !messages.contains(&message) {
            messages.push(message);
        }
    }
    messages
}

/// The messages of a failure in a bulk reply, and what else it has.
pub(crate) fn of_failure(mut failure: Map<String, Value>) -> (Vec<String>, Map<String, Value>) {
    let errors = failure.remove("errors").or_else(|| failure.remove("error"));
    (errors.as_ref().map(texts).unwrap_or_default(), failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_in_each_shape() {
        for (body, messages) in [
            (r#"{"errors": ["one", "two"]}"#, &["one", "two"][..]),
            (r#"{"errors": [["one", "two"], ["three"]]}"#, &["one", "two", "three"]),
            (
                r#"{"errors": {"base": ["one"], "name": ["two", "three"]}}"#,
                &["one", "two", "three"],
            ),
            (r#"{"errors": {"base": "one"}}"#, &["one"]),
            (r#"{"errors": "one"}"#, &["one"]),
            (r#"{"errors": ["one", 2, true, null, {"three": [3]}]}"#, &["one", "2", "true", "3"]),
            (r#"{"error": "one", "message": "two"}"#, &["one", "two"]),
            (r#"{"error": "one", "message": "one"}"#, &["one"]),
            (r#"{"errors": [], "error": "one"}"#, &["one"]),
            (r#"{"message": "one"}"#, &["one"]),
            (r#"{"error": "invalid_grant", "error_description": "one"}"#, &[]),
            (r#"{"errors": null}"#, &[]),
            ("{}", &[]),
            ("[]", &[]),
            ("<html>", &[]),
        ] {
            assert_eq!(of_body(body.as_bytes()), messages, "{body}");
        }
    }
}
