use http::Method;

use super::SubscriberWithStats;
use crate::SubscriberId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{DateRange, Path, Query, ReadError, Reply};

/// `GET /v4/subscribers/{subscriber_id}/stats`: which emails a subscriber got, opened and clicked.
///
/// Kit keeps the last five years, and may answer 400 for days before.
///
/// # Examples
///
/// ```
/// use kit_core::subscribers::GetSubscriberStats;
/// use kit_core::{Date, DateRange};
///
/// let since: Date = "2026-07-01".parse()?;
/// let get = GetSubscriberStats::new(9.into()).with_email_sent(DateRange::after(since));
/// # Ok::<(), kit_core::wire::InvalidTime>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GetSubscriberStats {
    subscriber_id: SubscriberId,
    email_sent: DateRange,
}

impl GetSubscriberStats {
    /// Reads the statistics of this subscriber.
    pub fn new(subscriber_id: SubscriberId) -> Self {
        Self { subscriber_id, email_sent: DateRange::default() }
    }

    /// Counts only emails that were sent in this range of days.
    #[must_use]
    pub fn with_email_sent(mut self, email_sent: DateRange) -> Self {
        self.email_sent = email_sent;
        self
    }
}

impl Endpoint for GetSubscriberStats {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/subscribers/{subscriber_id}/stats";
    const EFFECT: Effect = Effect::Reads;
    type Reply = SubscriberWithStats;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.subscriber_id])
    }

    fn query(&self, query: &mut Query) {
        query.range("email_sent", &self.email_sent);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<SubscriberWithStats, ReadError> {
        reply.field("subscriber")
    }
}
