use kit_core::Error;
use kit_core::snippets::{CreateSnippet, GetSnippet, ListSnippets, SnippetBody, UpdateSnippet};

use super::arguments::{Arguments, either, with, with_checked};
use super::{Built, built};

pub(super) fn build(name: &str, a: &Arguments) -> Option<Built> {
    try_build(name, a).unwrap_or_else(|error| Some(Err(error)))
}

fn try_build(name: &str, a: &Arguments) -> Result<Option<Built>, Error> {
    Ok(match name {
        "GET /v4/snippets" => {
            let list = either(
                ListSnippets::new(),
                a.flag("archived"),
                (ListSnippets::archived, |list| list),
            );
            let of_type = a.optional_text("snippet_type").map(Into::into);
            let list = with(list, of_type, ListSnippets::with_snippet_type);
            let content = a.flag("include_content");
            built(a.paged(either(list, content, (ListSnippets::with_content, |list| list)))?)
        }
        "POST /v4/snippets" => built(CreateSnippet::new(a.text("name"), body(a).expect("a body"))?),
        "GET /v4/snippets/{id}" => built(GetSnippet::new(a.id("id"))),
        "PUT /v4/snippets/{id}" => {
            let update = UpdateSnippet::new(a.id("id"));
            let update = with_checked(update, a.optional_text("name"), UpdateSnippet::with_name)?;
            let update = either(
                update,
                a.flag("archived"),
                (UpdateSnippet::archived, UpdateSnippet::restored),
            );
            built(with(update, body(a), UpdateSnippet::with_snippet_body))
        }
        _ => None,
    })
}

fn body(a: &Arguments) -> Option<SnippetBody> {
    Some(match &*a.optional_text("snippet_type")? {
        "inline" => SnippetBody::Inline(a.text("content")),
        _ => SnippetBody::Block(a.object("document_attributes").text("value_html")),
    })
}
