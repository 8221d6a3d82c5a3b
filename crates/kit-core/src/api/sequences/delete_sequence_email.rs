use http::Method;

use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, ReadError, Reply};
use crate::{SequenceEmailId, SequenceId};

/// `DELETE /v4/sequences/{sequence_id}/emails/{id}`: deletes an email of a sequence.
///
/// Subscribers who wait for the email go on to the next one. Kit answers 204, or 404 if there is no such sequence or email.
///
/// # Examples
///
/// ```
/// use kit_core::sequences::DeleteSequenceEmail;
///
/// let delete = DeleteSequenceEmail::new(6.into(), 3.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeleteSequenceEmail {
    sequence_id: SequenceId,
    id: SequenceEmailId,
}

impl DeleteSequenceEmail {
    /// Deletes the email with this id.
    pub fn new(sequence_id: SequenceId, id: SequenceEmailId) -> Self {
        Self { sequence_id, id }
    }
}

impl Endpoint for DeleteSequenceEmail {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/v4/sequences/{sequence_id}/emails/{id}";
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = ();

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.sequence_id.get(), self.id.get()])
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<(), ReadError> {
        reply.nothing()
    }
}
