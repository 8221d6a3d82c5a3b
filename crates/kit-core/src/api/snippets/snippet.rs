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
    pub name: String,
    /// What the snippet consists of.
    pub snippet_type: SnippetType,
    /// Whether the snippet is archived.
    pub archived: bool,
    /// The key, made of the first name: emails have the snippet as `{{ snippet.<key> }}`.
    pub key: String,
    /// When the snippet was created.
    pub created_at: Timestamp,
    /// When the snippet was changed last.
    pub updated_at: Timestamp,
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
    /// The document as HTML. `None` after it was created.
    pub value_html: Option<String>,
    /// The document as plain text.
    pub value_plain: Option<String>,
    /// The version of the document.
    pub version: Option<u64>,
}
