//! `GET /v4/snippets`.

use crate::api::call::Call;
use crate::api::replies::page;
use crate::rows::{Snippet, World};
use crate::server::Reply;

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
