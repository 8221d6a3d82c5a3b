use http::Method;

use super::BroadcastWithStats;
use crate::BroadcastId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, ReadError, Reply};

/// `GET /v4/broadcasts/{broadcast_id}/stats`: reads the statistics of a broadcast.
///
/// Kit answers 404 if the broadcast does not exist. The statistics of a draft are zero.
///
/// # Examples
///
/// ```
/// use kit_core::broadcasts::GetBroadcastStats;
///
/// let get = GetBroadcastStats::new(7.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GetBroadcastStats {
    broadcast_id: BroadcastId,
}

impl GetBroadcastStats {
    /// Reads the statistics of this broadcast.
    pub fn new(broadcast_id: BroadcastId) -> Self {
        Self { broadcast_id }
    }
}

impl Endpoint for GetBroadcastStats {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/broadcasts/{broadcast_id}/stats";
    const EFFECT: Effect = Effect::Reads;
    type Reply = BroadcastWithStats;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.broadcast_id])
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<BroadcastWithStats, ReadError> {
        reply.field("broadcast")
    }
}
