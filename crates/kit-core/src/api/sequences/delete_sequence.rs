use http::Method;

use crate::SequenceId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, ReadError, Reply};

/// `DELETE /v4/sequences/{id}`: deletes a sequence, which stops its delivery at once.
///
/// Kit answers 204, or 404 where there is no such sequence. To pause one, see
/// [`UpdateSequence`](super::UpdateSequence).
///
/// # Examples
///
/// ```
/// use kit_core::sequences::DeleteSequence;
///
/// let delete = DeleteSequence::new(6.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeleteSequence {
    id: SequenceId,
}

impl DeleteSequence {
    /// Deletes the sequence with this id.
    pub fn new(id: SequenceId) -> Self {
        Self { id }
    }
}

impl Endpoint for DeleteSequence {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/v4/sequences/{id}";
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
