use http::Method;

use super::Sequence;
use crate::SequenceId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, ReadError, Reply};

/// `GET /v4/sequences/{id}`: a sequence.
///
/// Kit answers 404 where there is no such sequence.
///
/// # Examples
///
/// ```
/// use kit_core::sequences::GetSequence;
///
/// let get = GetSequence::new(6.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GetSequence {
    id: SequenceId,
}

impl GetSequence {
    /// Reads the sequence with this id.
    pub fn new(id: SequenceId) -> Self {
        Self { id }
    }
}

impl Endpoint for GetSequence {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/sequences/{id}";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Sequence;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Sequence, ReadError> {
        reply.field("sequence")
    }
}
