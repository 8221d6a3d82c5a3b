use http::Method;

use super::SequenceEmail;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, Query, ReadError, Reply};
use crate::{SequenceEmailId, SequenceId};

/// `GET /v4/sequences/{sequence_id}/emails/{id}`: an email of a sequence, with its content.
///
/// Kit answers 404 where there is no such sequence or email.
///
/// # Examples
///
/// ```
/// use kit_core::sequences::GetSequenceEmail;
///
/// let get = GetSequenceEmail::new(6.into(), 3.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GetSequenceEmail {
    sequence_id: SequenceId,
    id: SequenceEmailId,
    stats: bool,
}

impl GetSequenceEmail {
    /// Reads the email with this id.
    pub fn new(sequence_id: SequenceId, id: SequenceEmailId) -> Self {
        Self { sequence_id, id, stats: false }
    }

    /// Asks for the statistics, too. (Newer than most of Kit's documentation.)
    #[must_use]
    pub fn with_stats(mut self) -> Self {
        self.stats = true;
        self
    }
}

impl Endpoint for GetSequenceEmail {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/sequences/{sequence_id}/emails/{id}";
    const EFFECT: Effect = Effect::Reads;
    type Reply = SequenceEmail;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.sequence_id.get(), self.id.get()])
    }

    fn query(&self, query: &mut Query) {
        query.optional("include", self.stats.then_some("stats"));
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<SequenceEmail, ReadError> {
        reply.field("email")
    }
}
