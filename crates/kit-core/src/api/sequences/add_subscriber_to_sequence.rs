use http::Method;

use super::SequenceSubscriber;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Path, ReadError, Reply, Upsert};
use crate::{SequenceId, SubscriberId};

/// `POST /v4/sequences/{sequence_id}/subscribers/{id}`: adds a subscriber to a sequence.
///
/// Kit answers 201, 200 where the subscriber is in the sequence already, or 404 where there is no such sequence or
/// subscriber.
///
/// # Examples
///
/// ```
/// use kit_core::sequences::AddSubscriberToSequence;
///
/// let add = AddSubscriberToSequence::new(6.into(), 9.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AddSubscriberToSequence {
    sequence_id: SequenceId,
    id: SubscriberId,
}

impl AddSubscriberToSequence {
    /// Adds the subscriber with this id to this sequence.
    pub fn new(sequence_id: SequenceId, id: SubscriberId) -> Self {
        Self { sequence_id, id }
    }
}

impl Endpoint for AddSubscriberToSequence {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/sequences/{sequence_id}/subscribers/{id}";
    /// A subscriber who is in the sequence is not added again. (In a repeating sequence, a subscriber who has
    /// completed the sequence in the meantime might start again: Kit's documentation says so of other ways to add
    /// a subscriber, but not of this one.)
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = Upsert<SequenceSubscriber>;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.sequence_id.get(), self.id.get()])
    }

    /// Kit wants an empty object.
    fn body(&self) -> Result<Body, Error> {
        Ok(Body::empty_object())
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Upsert<SequenceSubscriber>, ReadError> {
        Upsert::read(&reply, "subscriber")
    }
}
