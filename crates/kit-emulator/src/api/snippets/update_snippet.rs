//! `PUT /v4/snippets/{id}`.

use super::content::{BLANK, ITSELF, TYPE, embeds, html};
use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::server::{Input, Reply};

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
