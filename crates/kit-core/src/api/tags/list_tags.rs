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
/// let list = ListTags::new().with_subscriber_count();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListTags {
    subscriber_count: bool,
    page: PageQuery,
}

impl ListTags {
    /// Lists all tags.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks how many subscribers have each tag: `subscriber_count`. Default: Kit leaves it out. (Kit's documentation has the field, but not
    /// that it must be asked for.)
    #[must_use]
    pub fn with_subscriber_count(mut self) -> Self {
        self.subscriber_count = true;
        self
    }
}

impl Endpoint for ListTags {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/tags";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<Tag>;

    fn query(&self, query: &mut Query) {
        query.optional("include", self.subscriber_count.then_some("subscriber_count"));
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<Tag>, ReadError> {
        reply.page("tags")
    }
}

impl List for ListTags {
    type Item = Tag;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
