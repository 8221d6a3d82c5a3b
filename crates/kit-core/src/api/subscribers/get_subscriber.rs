use http::Method;

use super::Subscriber;
use crate::SubscriberId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, ReadError, Reply};

/// `GET /v4/subscribers/{id}`: a subscriber.
///
/// Kit answers 404 where there is no such subscriber.
///
/// # Examples
///
/// ```
/// use kit_core::subscribers::GetSubscriber;
///
/// let get = GetSubscriber::new(9.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GetSubscriber {
    id: SubscriberId,
}

impl GetSubscriber {
    /// Reads the subscriber with this id.
    pub fn new(id: SubscriberId) -> Self {
        Self { id }
    }
}

impl Endpoint for GetSubscriber {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/subscribers/{id}";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Subscriber;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Subscriber, ReadError> {
        reply.field("subscriber")
    }
}
