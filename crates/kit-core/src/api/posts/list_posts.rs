use http::Method;

use super::Post;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::wire::{Query, ReadError, Reply};

/// `GET /v4/posts`: the posts of the account, page by page.
///
/// # Examples
///
/// ```
/// use kit_core::posts::ListPosts;
///
/// let list = ListPosts::new().with_content();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListPosts {
    include_content: bool,
    page: PageQuery,
}

impl ListPosts {
    /// Lists all posts, without their content.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for the content of the posts, too.
    #[must_use]
    pub fn with_content(mut self) -> Self {
        self.include_content = true;
        self
    }
}

impl Endpoint for ListPosts {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/posts";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<Post>;

    fn query(&self, query: &mut Query) {
        query.optional("include_content", self.include_content.then_some(true));
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<Post>, ReadError> {
        reply.page("posts")
    }
}

impl List for ListPosts {
    type Item = Post;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
