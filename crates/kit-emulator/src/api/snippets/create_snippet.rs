//! `POST /v4/snippets`.

use serde_json::Value;

use super::content::{BLANK, ITSELF, embeds, html};
use crate::api::call::Call;
use crate::api::replies::{created, full};
use crate::rows::{Snippet, World};
use crate::server::{Input, Reply};

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
