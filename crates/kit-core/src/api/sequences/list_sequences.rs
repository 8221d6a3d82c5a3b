use http::Method;

use super::Sequence;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::wire::{Query, ReadError, Reply};

/// `GET /v4/sequences`: the sequences of the account, page by page.
///
/// # Examples
///
/// ```
/// use kit_core::sequences::ListSequences;
///
/// let list = ListSequences::new();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListSequences {
    page: PageQuery,
}

impl ListSequences {
    /// Lists all sequences.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Endpoint for ListSequences {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/sequences";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<Sequence>;

    fn query(&self, query: &mut Query) {
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<Sequence>, ReadError> {
        reply.page("sequences")
    }
}

impl List for ListSequences {
    type Item = Sequence;

    fn page_query(&self) -> &PageQuery {
        &self.page
    }

    fn page_query_mut(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
