use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::world::Row;

/// Kit's message.
pub(super) const BLANK: &str = "Name can't be blank";

/// A tag.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Tag {
    pub(in crate::api) id: u64,
    pub(in crate::api) name: String,
    pub(in crate::api) created_at: String,
}

impl Tag {
    pub(in crate::api) fn to_json(&self) -> Value {
        json!({"id": self.id, "name": self.name, "created_at": self.created_at})
    }
}

impl Row for Tag {
    fn id(&self) -> u64 {
        self.id
    }
}
