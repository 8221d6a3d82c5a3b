use http::Method;

use crate::SubscriberId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, ReadError, Reply};

/// `DELETE /v4/subscribers/{subscriber_id}/location`: removes the pinned location of a subscriber, so that Kit may
/// infer one again.
///
/// Kit answers 204, or 404 where there is no such subscriber.
///
/// # Examples
///
/// ```
/// use kit_core::subscribers::DeleteLocation;
///
/// let delete = DeleteLocation::new(9.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeleteLocation {
    subscriber_id: SubscriberId,
}

impl DeleteLocation {
    /// Takes the pinned location from this subscriber.
    pub fn new(subscriber_id: SubscriberId) -> Self {
        Self { subscriber_id }
    }
}

impl Endpoint for DeleteLocation {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/v4/subscribers/{subscriber_id}/location";
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = ();

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.subscriber_id])
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<(), ReadError> {
        reply.nothing()
    }
}
