use http::Method;

use super::SequenceEmail;
use crate::SequenceId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::wire::{Path, Query, ReadError, Reply};

/// `GET /v4/sequences/{sequence_id}/emails`: the emails of a sequence in their order, page by page.
///
/// Kit answers 404 where there is no such sequence.
///
/// # Examples
///
/// ```
/// use kit_core::sequences::ListSequenceEmails;
///
/// let list = ListSequenceEmails::new(6.into()).with_content();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListSequenceEmails {
    sequence_id: SequenceId,
    include_content: bool,
    stats: bool,
    page: PageQuery,
}

impl ListSequenceEmails {
    /// Lists the emails of this sequence, without their content.
    pub fn new(sequence_id: SequenceId) -> Self {
        Self { sequence_id, include_content: false, stats: false, page: PageQuery::default() }
    }

    /// Asks for the content of the emails, too.
    #[must_use]
    pub fn with_content(mut self) -> Self {
        self.include_content = true;
        self
    }

    /// Asks for the statistics, too. (Newer than most of Kit's documentation.)
    #[must_use]
    pub fn with_stats(mut self) -> Self {
        self.stats = true;
        self
    }
}

impl Endpoint for ListSequenceEmails {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/sequences/{sequence_id}/emails";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<SequenceEmail>;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.sequence_id])
    }

    fn query(&self, query: &mut Query) {
        query.optional("include_content", self.include_content.then_some(true));
        query.optional("include", self.stats.then_some("stats"));
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<SequenceEmail>, ReadError> {
        reply.page("emails")
    }
}

impl List for ListSequenceEmails {
    type Item = SequenceEmail;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
