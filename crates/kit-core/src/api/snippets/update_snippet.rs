use http::Method;
use serde::Serialize;

use super::{Snippet, SnippetBody};
use crate::SnippetId;
use crate::api::check::filled;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Path, ReadError, Reply};

/// `PUT /v4/snippets/{id}`: changes the given fields of a snippet, and no others.
///
/// Every email sent afterwards has the new body. Kit answers 200 with the snippet, 404 if the snippet does not
/// exist, or 422 for a body of the other type, because a snippet never changes its type.
///
/// # Examples
///
/// ```
/// use kit_core::snippets::UpdateSnippet;
///
/// let archive = UpdateSnippet::new(5.into()).archived();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct UpdateSnippet {
    #[serde(skip)]
    id: SnippetId,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    archived: Option<bool>,
    #[serde(flatten)]
    body: Option<SnippetBody>,
}

impl UpdateSnippet {
    /// An update of the snippet with this id that changes nothing yet.
    pub fn new(id: SnippetId) -> Self {
        Self { id, name: None, archived: None, body: None }
    }

    /// Changes the name. The key stays.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `name` where it is blank.
    pub fn with_name(mut self, name: impl Into<String>) -> Result<Self, Error> {
        self.name = Some(filled("name", name)?);
        Ok(self)
    }

    /// Archives the snippet.
    #[must_use]
    pub fn archived(mut self) -> Self {
        self.archived = Some(true);
        self
    }

    /// Brings the snippet back from the archive.
    #[must_use]
    pub fn restored(mut self) -> Self {
        self.archived = Some(false);
        self
    }

    /// Changes the body: of the type that the snippet has.
    #[must_use]
    pub fn with_snippet_body(mut self, body: SnippetBody) -> Self {
        self.body = Some(body);
        self
    }
}

impl Endpoint for UpdateSnippet {
    const METHOD: Method = Method::PUT;
    const PATH: &'static str = "/v4/snippets/{id}";
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = Snippet;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Snippet, ReadError> {
        reply.field("snippet")
    }
}
