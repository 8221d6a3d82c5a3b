use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::world::{HasNames, Name, Row};

/// The kind of name by which tags are found.
pub(crate) const NAME: &str = "name";

/// Kit's message.
pub(crate) const BLANK: &str = "Name can't be blank";

/// A tag.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Tag {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) created_at: String,
}

/// A name with its blanks collapsed, as Kit keeps it.
pub(crate) fn collapsed(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The form in which Kit compares names: without case, too.
pub(crate) fn folded(name: &str) -> String {
    collapsed(name).to_lowercase()
}

impl Tag {
    pub(crate) fn to_json(&self) -> Value {
        json!({"id": self.id, "name": self.name, "created_at": self.created_at})
    }
}

impl Row for Tag {
    fn id(&self) -> u64 {
        self.id
    }
}

impl HasNames for Tag {
    fn names(&self) -> Vec<Name> {
        vec![(NAME, folded(&self.name))]
    }
}
