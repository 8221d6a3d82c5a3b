use std::collections::HashSet;

use serde_json::Value;

/// An entry of `attribution`: all that it names has to hold.
pub(in crate::api::subscribers) struct Source(Vec<(&'static str, HashSet<String>)>);

impl Source {
    pub(super) fn read(entry: &Value) -> Option<Self> {
        let values = |key: &str| match entry.get(key)? {
            Value::Array(list) => Some(list.iter().map(text).collect()),
            one => Some(HashSet::from([text(one)])),
        };
        let names: &[(&str, &'static str)] = match entry["type"].as_str()? {
            "forms" => {
                entry.get("ids")?;
                &[("ids", "source_mechanism_id")]
            }
            "kit_source" => &[
                ("source_type", "source_type"),
                ("source_ids", "source_mechanism_id"),
                ("source_names", "source_name"),
                ("mechanism", "source_mechanism"),
                ("mechanism_ids", "source_mechanism_id"),
            ],
            _ => return None,
        };
        Some(Self(names.iter().filter_map(|(key, of)| Some((*of, values(key)?))).collect()))
    }

    pub(super) fn is_of(&self, attribution: &Value) -> bool {
        self.0.iter().all(|(key, values)| values.contains(&text(&attribution[*key])))
    }
}

/// An id as a number and as a text is the same.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
