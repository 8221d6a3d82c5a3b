use std::collections::HashMap;

use crate::rows::{Snippet, World};
use crate::server::{Input, Reply};

/// Kit's messages.
pub(super) const BLANK: &str = "name can't be blank";

pub(super) const TYPE: &str = "snippet_type cannot be changed";

/// Kit's message is not documented.
pub(super) const ITSELF: &str = "A snippet cannot contain itself";

/// Whether a text has a snippet in it, directly or by other snippets. Each snippet is looked at once.
pub(super) fn embeds(world: &World, text: &str, key: &str) -> bool {
    // The first of several snippets with one key is embedded.
    let mut by_key: HashMap<&str, &Snippet> = HashMap::new();
    for snippet in world.tables.snippets.oldest_first() {
        by_key.entry(&snippet.key).or_insert(snippet);
    }
    let mut left = vec![text];
    while let Some(text) = left.pop() {
        for found in embedded(text) {
            if found == key {
                return true;
            }
            if let Some(inner) = by_key.remove(found) {
                left.extend([inner.content.as_str(), &inner.value_html]);
            }
        }
    }
    false
}

/// The keys of the snippets that a text names.
fn embedded(text: &str) -> impl Iterator<Item = &str> {
    let is_of_key = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let parts = text.split("snippet.").skip(1);
    parts.map(move |rest| rest.split(|c: char| !is_of_key(c)).next().unwrap_or_default())
}

pub(super) fn html(input: &Input) -> Result<Option<String>, Reply> {
    input.object("document_attributes")?.map_or(Ok(None), |document| document.text("value_html"))
}
