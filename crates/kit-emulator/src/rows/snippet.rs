use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::world::Row;

/// A snippet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Snippet {
    pub(crate) id: u64,
    pub(crate) name: String,
    /// `inline` or `block`.
    pub(crate) snippet_type: String,
    pub(crate) archived: bool,
    /// Derived from the first name once, and never changed.
    pub(crate) key: String,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    /// The text of an inline snippet.
    pub(crate) content: String,
    /// The HTML of a block.
    pub(crate) value_html: String,
    pub(crate) version: u64,
}

impl Snippet {
    pub(crate) fn to_short_json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "snippet_type": self.snippet_type,
            "archived": self.archived,
            "key": self.key,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut json = self.to_short_json();
        json["content"] = self.content.as_str().into();
        json["document"] = json!({
            "id": self.id,
            "value": null,
            "value_html": self.value_html,
            "value_plain": null,
            "version": self.version,
        });
        json
    }
}

impl Row for Snippet {
    fn id(&self) -> u64 {
        self.id
    }
}
