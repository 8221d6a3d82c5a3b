//! Values as rows of cells.

use serde_json::{Map, Value};

use super::plain;

/// The fields that come first in a table.
const FIRST: [&str; 9] =
    ["id", "email_address", "name", "label", "key", "first_name", "state", "subject", "status"];

/// How many characters a cell has at most in a table.
const WIDEST: usize = 40;

/// The names of the fields of these values: those of a table that come first, and then in the order of the alphabet.
pub(super) fn names(values: &[Value]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for object in values.iter().filter_map(Value::as_object) {
        for name in object.keys() {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    let place = |name: &String| FIRST.iter().position(|first| first == name);
    names.sort_by_key(|name| (place(name).unwrap_or(FIRST.len()), name.clone()));
    names
}

/// The names of the fields that a table shows: no objects and lists, and none that is null everywhere.
pub(super) fn shown(values: &[Value]) -> Vec<String> {
    let is_shown = |name: &String| {
        let fields = values.iter().filter_map(|value| value.get(name));
        let mut fields = fields.filter(|field| !field.is_null()).peekable();
        fields.peek().is_some() && fields.all(|field| !field.is_object() && !field.is_array())
    };
    let mut names = names(values);
    if names.iter().any(is_shown) {
        names.retain(is_shown);
    }
    names
}

/// A field by a path such as `fields.company`.
fn field<'a>(value: &'a Value, path: &str) -> &'a Value {
    const NULL: &Value = &Value::Null;
    path.split('.').try_fold(value, |value, name| value.get(name)).unwrap_or(NULL)
}

/// Only these fields of a value.
pub(super) fn only(value: &Value, paths: &[String]) -> Value {
    let mut object = Map::new();
    for path in paths {
        object.insert(path.clone(), field(value, path).clone());
    }
    object.into()
}

/// The values within a value that are no objects, by their paths.
pub(super) fn leaves(value: &Value) -> Vec<(String, &Value)> {
    let mut leaves = Vec::new();
    for name in names(std::slice::from_ref(value)) {
        let inner = field(value, &name);
        if inner.as_object().is_some_and(|object| !object.is_empty()) {
            let within = self::leaves(inner).into_iter();
            leaves.extend(within.map(|(path, leaf)| (format!("{name}.{path}"), leaf)));
        } else {
            leaves.push((name, inner));
        }
    }
    leaves
}

/// A value as the text of a cell.
pub(super) fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => {
            let name = |value: &Value| match value.get("name") {
                Some(name) => cell(name),
                None => cell(value),
            };
            values.iter().map(name).collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    }
}

/// A cell as a table has it: one line, and not too long.
pub(super) fn short(value: &Value) -> String {
    let text = cell(value).replace('\n', " ");
    let text = plain(&text);
    if text.chars().count() <= WIDEST {
        return text.into_owned();
    }
    let mut short: String = text.chars().take(WIDEST - 1).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_people_look_for_comes_first() {
        let values = [
            json!({"created_at": "x", "name": "b", "id": 1, "fields": {}}),
            json!({"id": 2, "zone": "y", "gone": null}),
        ];
        assert_eq!(names(&values), ["id", "name", "created_at", "fields", "gone", "zone"]);
        assert_eq!(shown(&values), ["id", "name", "created_at", "zone"]);
        assert_eq!(shown(&[json!({"fields": {"a": 1}})]), ["fields"]);
    }

    #[test]
    fn cells_are_texts() {
        let of = |value: Value| cell(&value);
        assert_eq!(of(json!(null)), "");
        assert_eq!(of(json!("a")), "a");
        assert_eq!(of(json!([{"id": 1, "name": "VIP"}, "x", 3])), "VIP,x,3");
        assert_eq!(of(json!({"a": 1})), r#"{"a":1}"#);
        assert_eq!(short(&json!("a\nb\u{1b}")), "a b\u{fffd}");
        assert_eq!(short(&json!("x".repeat(41))).chars().count(), 40);
        assert_eq!(short(&json!("x".repeat(40))), "x".repeat(40));
    }

    #[test]
    fn fields_are_found_by_their_paths() {
        let value = json!({"id": 1, "fields": {"company": "X"}});
        let paths = ["fields.company".to_owned(), "none.at.all".to_owned()];
        assert_eq!(only(&value, &paths), json!({"fields.company": "X", "none.at.all": null}));
    }
}
