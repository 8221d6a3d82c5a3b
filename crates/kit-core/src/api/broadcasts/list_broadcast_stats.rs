use http::Method;

use super::{BroadcastStatus, BroadcastWithStats};
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::wire::{DateRange, Query, ReadError, Reply};

/// `GET /v4/broadcasts/stats`: lists the statistics of broadcasts, page by page.
///
/// Kit answers 403 if the account's plan does not include these statistics.
///
/// # Examples
///
/// ```
/// use kit_core::broadcasts::ListBroadcastStats;
///
/// let list = ListBroadcastStats::new();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListBroadcastStats {
    status: Option<BroadcastStatus>,
    sent: DateRange,
    page: PageQuery,
}

impl ListBroadcastStats {
    /// Lists the statistics of all broadcasts.
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
}

impl Endpoint for ListBroadcastStats {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/broadcasts/stats";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<BroadcastWithStats>;

    fn query(&self, query: &mut Query) {
        query.optional("status", self.status.as_ref());
        query.range("sent", &self.sent);
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<BroadcastWithStats>, ReadError> {
        reply.page("broadcasts")
    }
}

impl List for ListBroadcastStats {
    type Item = BroadcastWithStats;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
