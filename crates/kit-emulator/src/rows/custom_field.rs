use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::world::{HasNames, Name, Named, Row};

/// The kinds of names by which custom fields are found.
pub(crate) const LABEL: &str = "label";
pub(crate) const KEY: &str = "key";

/// Kit's message.
pub(crate) const BLANK: &str = "Label can't be blank";

/// A custom field.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CustomField {
    pub(crate) id: u64,
    /// Derived from the first key once, and never changed.
    pub(crate) name: String,
    pub(crate) key: String,
    pub(crate) label: String,
    pub(crate) created_at: String,
}

impl CustomField {
    pub(crate) fn to_json(&self) -> Value {
        json!({"id": self.id, "name": self.name, "key": self.key, "label": self.label})
    }
}

impl Row for CustomField {
    /// Each subscriber of each list shows all of them. How many Kit allows is not documented.
    const MOST: usize = 500;

    fn id(&self) -> u64 {
        self.id
    }
}

impl HasNames for CustomField {
    fn names(&self) -> Vec<Name> {
        vec![(LABEL, self.label.clone()), (KEY, self.key.clone())]
    }
}

/// The key of a label: ASCII in lower case with underscores, and of no other field.
pub(crate) fn key_of(label: &str, fields: &Named<CustomField>, id: Option<u64>) -> String {
    let mut key = String::new();
    for character in label.chars() {
        if character.is_ascii_alphanumeric() {
            key.push(character.to_ascii_lowercase());
        } else if !key.ends_with('_') && !key.is_empty() {
            key.push('_');
        }
    }
    let key = key.trim_end_matches('_');
    let key = if key.is_empty() { "field" } else { key };
    let is_free = |key: &String| fields.find(KEY, key.as_str()).is_none_or(|of| Some(of) == id);
    // There are so few fields that this ends soon.
    let mut keys = std::iter::once(key.to_owned()).chain((2_u64..).map(|n| format!("{key}_{n}")));
    keys.find(is_free).unwrap_or_default()
}
