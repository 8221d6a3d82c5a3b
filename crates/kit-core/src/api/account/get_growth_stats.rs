use http::Method;

use super::GrowthStats;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Date, Query, ReadError, Reply};

/// `GET /v4/account/growth_stats`: how many subscribers came and went.
///
/// The days are those of the time zone of the account.
///
/// # Examples
///
/// ```
/// use kit_core::account::GetGrowthStats;
/// use kit_core::{Credentials, Kit};
///
/// let get = GetGrowthStats::new().with_starting("2026-07-01".parse()?).with_ending("2026-07-31".parse()?);
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&get)?;
/// assert_eq!(request.uri().query(), Some("starting=2026-07-01&ending=2026-07-31"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct GetGrowthStats {
    starting: Option<Date>,
    ending: Option<Date>,
}

impl GetGrowthStats {
    /// Reads the statistics of the last 90 days.
    pub fn new() -> Self {
        Self::default()
    }

    /// The first day. Default: 90 days ago.
    #[must_use]
    pub fn with_starting(mut self, starting: Date) -> Self {
        self.starting = Some(starting);
        self
    }

    /// The last day. Default: today.
    #[must_use]
    pub fn with_ending(mut self, ending: Date) -> Self {
        self.ending = Some(ending);
        self
    }
}

impl Endpoint for GetGrowthStats {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/account/growth_stats";
    const EFFECT: Effect = Effect::Reads;
    type Reply = GrowthStats;

    fn query(&self, query: &mut Query) {
        query.optional("starting", self.starting).optional("ending", self.ending);
    }

    /// No body: this is where what is asked for is checked.
    fn check(&self) -> Result<(), Error> {
        match (self.starting, self.ending) {
            (Some(starting), Some(ending)) if starting > ending => {
                Err(Error::input("starting", "is after `ending`"))
            }
            _ => Ok(()),
        }
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<GrowthStats, ReadError> {
        reply.field("stats")
    }
}
