use http::Method;
use serde::Serialize;

use super::{Snippet, SnippetBody};
use crate::api::check::filled;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, ReadError, Reply};

/// `POST /v4/snippets`: creates a snippet.
///
/// Kit answers 201, or 422 for a blank name and for a snippet that contains itself.
///
/// # Examples
///
/// ```
/// use kit_core::snippets::{CreateSnippet, SnippetBody};
/// use kit_core::{Credentials, Kit};
///
/// let operation = CreateSnippet::new("Greeting", SnippetBody::Inline("Hello {{ subscriber.first_name }}".into()))?;
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&operation)?;
/// assert_eq!(request.body(), br#"{"name":"Greeting","snippet_type":"inline","content":"Hello {{ subscriber.first_name }}"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CreateSnippet {
    name: String,
    #[serde(flatten)]
    body: SnippetBody,
}

impl CreateSnippet {
    /// A snippet with this name, of which Kit makes its key, and this body.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `name` where it is blank.
    pub fn new(name: impl Into<String>, body: SnippetBody) -> Result<Self, Error> {
        Ok(Self { name: filled("name", name)?, body })
    }
}

impl Endpoint for CreateSnippet {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/snippets";
    const EFFECT: Effect = Effect::Creates;
    type Reply = Snippet;

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Snippet, ReadError> {
        reply.field("snippet")
    }
}
