use http::Method;

use super::Snippet;
use crate::SnippetId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, ReadError, Reply};

/// `GET /v4/snippets/{id}`: a snippet with its content.
///
/// Kit answers 404 where there is no such snippet.
///
/// # Examples
///
/// ```
/// use kit_core::snippets::GetSnippet;
///
/// let get = GetSnippet::new(5.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GetSnippet {
    id: SnippetId,
}

impl GetSnippet {
    /// Reads the snippet with this id.
    pub fn new(id: SnippetId) -> Self {
        Self { id }
    }
}

impl Endpoint for GetSnippet {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/snippets/{id}";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Snippet;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Snippet, ReadError> {
        reply.field("snippet")
    }
}
