use http::Method;

use super::Tag;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::wire::{Query, ReadError, Reply};

/// `GET /v4/tags`: the tags of the account, page by page.
///
/// # Examples
///
/// ```
/// use kit_core::tags::ListTags;
///
/// let list = ListTags::new();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListTags {
    page: PageQuery,
}

impl ListTags {
    /// Lists all tags.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Endpoint for ListTags {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/tags";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<Tag>;

    fn query(&self, query: &mut Query) {
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<Tag>, ReadError> {
        reply.page("tags")
    }
}

impl List for ListTags {
    type Item = Tag;

    fn page_query(&self) -> &PageQuery {
        &self.page
    }

    fn page_query_mut(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
