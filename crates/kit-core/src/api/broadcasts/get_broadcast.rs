use http::Method;

use super::Broadcast;
use crate::BroadcastId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, ReadError, Reply};

/// `GET /v4/broadcasts/{id}`: a broadcast.
///
/// Kit answers 404 where there is no such broadcast.
///
/// # Examples
///
/// ```
/// use kit_core::broadcasts::GetBroadcast;
///
/// let get = GetBroadcast::new(7.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GetBroadcast {
    id: BroadcastId,
}

impl GetBroadcast {
    /// Reads the broadcast with this id.
    pub fn new(id: BroadcastId) -> Self {
        Self { id }
    }
}

impl Endpoint for GetBroadcast {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/broadcasts/{id}";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Broadcast;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Broadcast, ReadError> {
        reply.field("broadcast")
    }
}
