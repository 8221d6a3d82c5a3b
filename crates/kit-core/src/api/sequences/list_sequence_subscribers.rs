use http::Method;

use super::SequenceSubscriber;
use crate::SequenceId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::subscribers::SubscriberStatus;
use crate::wire::{DateRange, Path, Query, ReadError, Reply};

/// `GET /v4/sequences/{sequence_id}/subscribers`: who is in a sequence, page by page.
///
/// Kit answers 404 where there is no such sequence.
///
/// # Examples
///
/// ```
/// use kit_core::sequences::ListSequenceSubscribers;
///
/// let list = ListSequenceSubscribers::new(6.into());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListSequenceSubscribers {
    sequence_id: SequenceId,
    status: Option<SubscriberStatus>,
    added: DateRange,
    created: DateRange,
    page: PageQuery,
}

impl ListSequenceSubscribers {
    /// Lists the active subscribers of this sequence.
    pub fn new(sequence_id: SequenceId) -> Self {
        Self {
            sequence_id,
            status: None,
            added: DateRange::default(),
            created: DateRange::default(),
            page: PageQuery::default(),
        }
    }

    /// Lists the subscribers of this status. Default: the active ones.
    #[must_use]
    pub fn with_status(mut self, status: SubscriberStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Lists only subscribers who entered the sequence in this range.
    #[must_use]
    pub fn with_added(mut self, added: DateRange) -> Self {
        self.added = added;
        self
    }

    /// Lists only subscribers who were created in this range.
    #[must_use]
    pub fn with_created(mut self, created: DateRange) -> Self {
        self.created = created;
        self
    }
}

impl Endpoint for ListSequenceSubscribers {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/sequences/{sequence_id}/subscribers";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<SequenceSubscriber>;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.sequence_id])
    }

    fn query(&self, query: &mut Query) {
        query.optional("status", self.status.as_ref());
        query.range("added", &self.added);
        query.range("created", &self.created);
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<SequenceSubscriber>, ReadError> {
        reply.page("subscribers")
    }
}

impl List for ListSequenceSubscribers {
    type Item = SequenceSubscriber;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
