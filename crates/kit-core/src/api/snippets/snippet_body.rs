use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::SnippetType;

/// The body of a snippet, with its type.
///
/// # Examples
///
/// ```
/// use kit_core::snippets::SnippetBody;
///
/// let block = SnippetBody::Block("<p>Hello</p>".into());
/// let json = serde_json::to_string(&block)?;
/// assert_eq!(json, r#"{"snippet_type":"block","document_attributes":{"value_html":"<p>Hello</p>"}}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SnippetBody {
    /// A text with Liquid in it, for the middle of a sentence.
    Inline(String),
    /// HTML, for a paragraph of its own.
    Block(String),
}

/// Writes the body as the fields that Kit reads, with the type.
impl Serialize for SnippetBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Document<'a> {
            value_html: &'a str,
        }
        let mut map = serializer.serialize_map(Some(2))?;
        match self {
            Self::Inline(content) => {
                map.serialize_entry("snippet_type", &SnippetType::Inline)?;
                map.serialize_entry("content", content)?;
            }
            Self::Block(value_html) => {
                map.serialize_entry("snippet_type", &SnippetType::Block)?;
                map.serialize_entry("document_attributes", &Document { value_html })?;
            }
        }
        map.end()
    }
}
