use http::Method;

use super::Sequence;
use crate::SequenceId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, Query, ReadError, Reply};

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
    stats: bool,
}

impl GetSequence {
    /// Reads the sequence with this id.
    pub fn new(id: SequenceId) -> Self {
        Self { id, stats: false }
    }

    /// Asks for the statistics, too. (Newer than most of Kit's documentation.)
    #[must_use]
    pub fn with_stats(mut self) -> Self {
        self.stats = true;
        self
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

    fn query(&self, query: &mut Query) {
        query.optional("include", self.stats.then_some("stats"));
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Sequence, ReadError> {
        reply.field("sequence")
    }
}
