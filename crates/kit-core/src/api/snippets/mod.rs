//! Snippets: texts that many emails share.
//!
//! | to | send | path |
//! | --- | --- | --- |
//! | list the snippets | [`ListSnippets`] | `GET /v4/snippets` |
//! | create a snippet | [`CreateSnippet`] | `POST /v4/snippets` |
//! | read a snippet | [`GetSnippet`] | `GET /v4/snippets/{id}` |
//! | change a snippet | [`UpdateSnippet`] | `PUT /v4/snippets/{id}` |
//!
//! Source: Kit's API v4, "Snippets".

mod create_snippet;
mod get_snippet;
mod list_snippets;
mod snippet;
mod snippet_body;
mod snippet_type;
mod update_snippet;

pub use create_snippet::CreateSnippet;
pub use get_snippet::GetSnippet;
pub use list_snippets::ListSnippets;
pub use snippet::{Snippet, SnippetDocument};
pub use snippet_body::SnippetBody;
pub use snippet_type::SnippetType;
pub use update_snippet::UpdateSnippet;
