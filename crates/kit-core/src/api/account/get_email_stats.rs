use http::Method;

use super::EmailStats;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{ReadError, Reply};

/// `GET /v4/account/email_stats`: reads the statistics of the emails of the last 90 days.
///
/// # Examples
///
/// ```
/// use kit_core::account::GetEmailStats;
///
/// let get = GetEmailStats::new();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct GetEmailStats {}

impl GetEmailStats {
    /// Reads the statistics.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Endpoint for GetEmailStats {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/account/email_stats";
    const EFFECT: Effect = Effect::Reads;
    type Reply = EmailStats;

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<EmailStats, ReadError> {
        reply.field("stats")
    }
}
