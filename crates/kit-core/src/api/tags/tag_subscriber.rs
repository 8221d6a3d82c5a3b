use http::Method;

use super::TaggedSubscriber;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Path, ReadError, Reply, Upsert};
use crate::{SubscriberId, TagId};

/// `POST /v4/tags/{tag_id}/subscribers/{id}`: gives a subscriber a tag.
///
/// Kit answers 201, 200 where the subscriber has the tag already, or 404 where there is no such tag or subscriber.
///
/// # Examples
///
/// ```
/// use kit_core::tags::TagSubscriber;
///
/// let tag = TagSubscriber::new(44.into(), 9.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TagSubscriber {
    tag_id: TagId,
    id: SubscriberId,
}

impl TagSubscriber {
    /// Gives this tag to the subscriber with this id.
    pub fn new(tag_id: TagId, id: SubscriberId) -> Self {
        Self { tag_id, id }
    }
}

impl Endpoint for TagSubscriber {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/tags/{tag_id}/subscribers/{id}";
    /// Tagging a subscriber twice has the same effect as tagging them once.
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = Upsert<TaggedSubscriber>;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.tag_id.get(), self.id.get()])
    }

    /// Kit wants an empty object.
    fn body(&self) -> Result<Body, Error> {
        Ok(Body::empty_object())
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Upsert<TaggedSubscriber>, ReadError> {
        Upsert::read(&reply, "subscriber")
    }
}
