use http::Method;

use super::{Snippet, SnippetType};
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::wire::{Query, ReadError, Reply};

/// `GET /v4/snippets`: the snippets of the account, page by page.
///
/// # Examples
///
/// ```
/// use kit_core::snippets::{ListSnippets, SnippetType};
///
/// let list = ListSnippets::new().with_snippet_type(SnippetType::Inline).with_content();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListSnippets {
    archived: bool,
    snippet_type: Option<SnippetType>,
    include_content: bool,
    page: PageQuery,
}

impl ListSnippets {
    /// Lists the snippets that are not archived, without their content.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lists the archived snippets alone.
    #[must_use]
    pub fn archived(mut self) -> Self {
        self.archived = true;
        self
    }

    /// Lists the snippets of this type alone.
    #[must_use]
    pub fn with_snippet_type(mut self, snippet_type: SnippetType) -> Self {
        self.snippet_type = Some(snippet_type);
        self
    }

    /// Asks for the content of the snippets, too.
    #[must_use]
    pub fn with_content(mut self) -> Self {
        self.include_content = true;
        self
    }
}

impl Endpoint for ListSnippets {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/snippets";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<Snippet>;

    fn query(&self, query: &mut Query) {
        query.optional("archived", self.archived.then_some(true));
        query.optional("snippet_type", self.snippet_type.as_ref());
        query.optional("include_content", self.include_content.then_some(true));
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<Snippet>, ReadError> {
        reply.page("snippets")
    }
}

impl List for ListSnippets {
    type Item = Snippet;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
