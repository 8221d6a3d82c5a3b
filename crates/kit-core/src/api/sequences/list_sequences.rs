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
    stats: bool,
    page: PageQuery,
}

impl ListSequences {
    /// Lists all sequences.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for the statistics, too. (Newer than most of Kit's documentation.)
    #[must_use]
    pub fn with_stats(mut self) -> Self {
        self.stats = true;
        self
    }
}

impl Endpoint for ListSequences {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/sequences";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<Sequence>;

    fn query(&self, query: &mut Query) {
        query.optional("include", self.stats.then_some("stats"));
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<Sequence>, ReadError> {
        reply.page("sequences")
    }
}

impl List for ListSequences {
    type Item = Sequence;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
