use http::Method;

use crate::SubscriberId;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Path, ReadError, Reply};

/// `POST /v4/subscribers/{id}/unsubscribe`: unsubscribes a subscriber from everything.
///
/// Kit answers 204, or 404 where there is no such subscriber.
///
/// # Examples
///
/// ```
/// use kit_core::subscribers::Unsubscribe;
///
/// let unsubscribe = Unsubscribe::new(9.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Unsubscribe {
    id: SubscriberId,
}

impl Unsubscribe {
    /// Unsubscribes the subscriber with this id.
    pub fn new(id: SubscriberId) -> Self {
        Self { id }
    }
}

impl Endpoint for Unsubscribe {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/subscribers/{id}/unsubscribe";
    /// Unsubscribing a subscriber twice has the same effect as unsubscribing them once.
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = ();

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    /// Kit wants an empty object.
    fn body(&self) -> Result<Body, Error> {
        Ok(Body::empty_object())
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<(), ReadError> {
        reply.nothing()
    }
}
