use http::Method;

use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, ReadError, Reply};
use crate::{SubscriberId, TagId};

/// `DELETE /v4/tags/{tag_id}/subscribers/{id}`: takes a tag from a subscriber.
///
/// Kit answers 204, or 404 where there is no such tag or subscriber.
///
/// # Examples
///
/// ```
/// use kit_core::tags::UntagSubscriber;
///
/// let untag = UntagSubscriber::new(44.into(), 9.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UntagSubscriber {
    tag_id: TagId,
    id: SubscriberId,
}

impl UntagSubscriber {
    /// Takes this tag from the subscriber with this id.
    pub fn new(tag_id: TagId, id: SubscriberId) -> Self {
        Self { tag_id, id }
    }
}

impl Endpoint for UntagSubscriber {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/v4/tags/{tag_id}/subscribers/{id}";
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = ();

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.tag_id.get(), self.id.get()])
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<(), ReadError> {
        reply.nothing()
    }
}
