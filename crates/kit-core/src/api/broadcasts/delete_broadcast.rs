use http::Method;

use crate::BroadcastId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, ReadError, Reply};

/// `DELETE /v4/broadcasts/{id}`: deletes a broadcast that has not been sent.
///
/// Kit answers 204, 403 if the account may not delete broadcasts, 404 if the broadcast does not exist, or 422 once
/// sending has begun.
///
/// # Examples
///
/// ```
/// use kit_core::broadcasts::DeleteBroadcast;
///
/// let delete = DeleteBroadcast::new(7.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeleteBroadcast {
    id: BroadcastId,
}

impl DeleteBroadcast {
    /// Deletes the broadcast with this id.
    pub fn new(id: BroadcastId) -> Self {
        Self { id }
    }
}

impl Endpoint for DeleteBroadcast {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/v4/broadcasts/{id}";
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = ();

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<(), ReadError> {
        reply.nothing()
    }
}
