use std::collections::HashMap;

use serde_json::Value;

use crate::api::call::Call;
use crate::api::replies::{created, full, ok, page};
use crate::rows::{Snippet, World};
use crate::server::{Input, Reply};

/// Kit's messages.
pub(super) const BLANK: &str = "name can't be blank";
pub(super) const TYPE: &str = "snippet_type cannot be changed";

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let (archived, has_content) = (call.is_set("archived"), call.is_set("include_content"));
    let of_type = call.choice("snippet_type", &["inline", "block"])?;
    let is_asked_for = |snippet: &Snippet| {
        snippet.archived == archived
            && of_type.is_none_or(|of_type| snippet.snippet_type == of_type)
    };
    page(call, "snippets", &world.tables.snippets, is_asked_for, |snippet| {
        if has_content { snippet.to_json() } else { snippet.to_short_json() }
    })
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let snippet = world.tables.snippets.get(call.id()?).ok_or_else(Reply::not_found)?;
    Ok(ok("snippet", snippet.to_json()))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let input = Input::read(call.request)?;
    let name = input.filled("name", BLANK)?;
    let snippet_type = input.text("snippet_type")?.unwrap_or_default();
    let (content, value_html) = match snippet_type.as_str() {
        "inline" => (input.filled("content", "content can't be blank")?, String::new()),
        "block" => (String::new(), html(&input)?.unwrap_or_default()),
        _ => return Err(Reply::unprocessable("snippet_type must be one of: inline, block")),
    };
    let key = name
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    let key = if key.is_empty() { "snippet".to_owned() } else { key };
    if embeds(world, &format!("{content} {value_html}"), &key) {
        return Err(Reply::unprocessable(ITSELF));
    }
    let now = world.clock.time();
    let snippet = world.tables.snippets.insert(|id| Snippet {
        id,
        name,
        snippet_type,
        archived: false,
        key,
        created_at: now.clone(),
        updated_at: now,
        content,
        value_html,
        version: 1,
    });
    // Kit has not rendered it yet.
    let mut json = snippet.map_err(full)?.to_json();
    json["document"]["value_html"] = Value::Null;
    Ok(created("snippet", json))
}

/// Kit's message is not documented.
const ITSELF: &str = "A snippet cannot contain itself";

/// Whether a text has a snippet in it, directly or by other snippets. Each snippet is looked at once.
fn embeds(world: &World, text: &str, key: &str) -> bool {
    // Of several with one key, the first is embedded.
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

fn html(input: &Input) -> Result<Option<String>, Reply> {
    input.object("document_attributes")?.map_or(Ok(None), |document| document.text("value_html"))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.id()?;
    let snippet = world.tables.snippets.get(id).ok_or_else(Reply::not_found)?;
    let input = Input::read(call.request)?;
    let (snippet_type, is_inline) = (input.text("snippet_type")?, snippet.snippet_type == "inline");
    let (content, value_html) = (input.text("content")?, html(&input)?);
    let is_other = snippet_type.is_some_and(|given| given != snippet.snippet_type);
    if is_other || (is_inline && value_html.is_some()) || (!is_inline && content.is_some()) {
        return Err(Reply::unprocessable(TYPE));
    }
    let text = format!(
        "{} {}",
        content.as_deref().unwrap_or_default(),
        value_html.as_deref().unwrap_or_default()
    );
    if embeds(world, &text, &snippet.key) {
        return Err(Reply::unprocessable(ITSELF));
    }
    let name = if input.has("name") { Some(input.filled("name", BLANK)?) } else { None };
    let archived = input.boolean("archived")?;
    let now = world.clock.time();
    let snippet = world.tables.snippets.get_mut(id).ok_or_else(Reply::not_found)?;
    if content.is_some() || value_html.is_some() {
        snippet.version = snippet.version.saturating_add(1);
    }
    snippet.name = name.unwrap_or_else(|| snippet.name.clone());
    snippet.archived = archived.unwrap_or(snippet.archived);
    snippet.content = content.unwrap_or_else(|| snippet.content.clone());
    snippet.value_html = value_html.unwrap_or_else(|| snippet.value_html.clone());
    snippet.updated_at = now;
    Ok(ok("snippet", snippet.to_json()))
}
