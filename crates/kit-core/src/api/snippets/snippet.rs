use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SnippetType;
use crate::SnippetId;
use crate::wire::{Presence, Timestamp};

/// A snippet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Snippet {
    /// The id.
    pub id: SnippetId,
    /// The name.
    #[serde(default)]
    pub name: String,
    /// The type of the snippet: inline text or a block of HTML.
    #[serde(default)]
    pub snippet_type: SnippetType,
    /// Whether the snippet is archived.
    pub archived: Option<bool>,
    /// The key, which Kit made from the name at creation. Emails include the snippet with `{{ snippet.<key> }}`.
    #[serde(default)]
    pub key: String,
    /// When the snippet was created.
    pub created_at: Option<Timestamp>,
    /// When the snippet was changed last.
    pub updated_at: Option<Timestamp>,
    /// The text of an inline snippet. A list has it where it was asked for.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub content: Presence<String>,
    /// The document of a block. A list has it where it was asked for.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub document: Presence<SnippetDocument>,
}

/// The document of a snippet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SnippetDocument {
    /// The id of the document.
    pub id: Option<u64>,
    /// The document. Its shape is not documented.
    pub value: Option<Value>,
    /// The document as HTML. `None` in the reply that creates the snippet.
    pub value_html: Option<String>,
    /// The document as plain text.
    pub value_plain: Option<String>,
    /// The version of the document.
    pub version: Option<u64>,
}
