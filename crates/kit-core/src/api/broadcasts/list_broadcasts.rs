use http::Method;

use super::{Broadcast, BroadcastStatus};
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::wire::{DateRange, Query, ReadError, Reply};

/// `GET /v4/broadcasts`: the broadcasts of the account, page by page: drafts and scheduled ones, too.
///
/// # Examples
///
/// ```
/// use kit_core::broadcasts::{BroadcastStatus, ListBroadcasts};
///
/// let drafts = ListBroadcasts::new().with_status(BroadcastStatus::Draft);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListBroadcasts {
    status: Option<BroadcastStatus>,
    sent: DateRange,
    slim: bool,
    page: PageQuery,
}

impl ListBroadcasts {
    /// Lists all broadcasts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lists the broadcasts of this status alone.
    #[must_use]
    pub fn with_status(mut self, status: BroadcastStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Lists only broadcasts that were sent in this range.
    #[must_use]
    pub fn with_sent(mut self, sent: DateRange) -> Self {
        self.sent = sent;
        self
    }

    /// Leaves out fields that are costly for Kit to look up: the content, the URL on the web, the address, the template
    /// and the recipients.
    #[must_use]
    pub fn slim(mut self) -> Self {
        self.slim = true;
        self
    }
}

impl Endpoint for ListBroadcasts {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/broadcasts";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<Broadcast>;

    fn query(&self, query: &mut Query) {
        query.optional("status", self.status.as_ref());
        query.range("sent", &self.sent);
        query.optional("slim", self.slim.then_some(true));
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<Broadcast>, ReadError> {
        reply.page("broadcasts")
    }
}

impl List for ListBroadcasts {
    type Item = Broadcast;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
