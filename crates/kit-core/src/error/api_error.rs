use std::fmt;

use http::StatusCode;

use super::transport_error::AppliedText;
use super::{Applied, OAuthError, Operation};
use crate::error::RetryAfter;

/// The error for a response whose status is not a success (2xx), from Kit or from a proxy before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    pub(crate) operation: Operation,
    pub(crate) status: StatusCode,
    pub(crate) messages: Vec<String>,
    pub(crate) oauth: Option<OAuthError>,
    pub(crate) excerpt: String,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<RetryAfter>,
    pub(crate) earlier: Applied,
}

impl ApiError {
    /// The operation that was answered with this status.
    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Kit's own messages: the `errors` of the body. At most 20 messages of at most 500 characters each; a
    /// longer message is cut, and ends with `…`. Empty where the body has no `errors`, as when a proxy
    /// answered: [`excerpt`](Self::excerpt) then shows the body.
    pub fn messages(&self) -> &[String] {
        &self.messages
    }

    /// The OAuth error in the body, which the operations of OAuth answer with instead of messages. `None`
    /// where the body has no such error.
    pub fn oauth(&self) -> Option<&OAuthError> {
        self.oauth.as_ref()
    }

    /// The beginning of the body, at most 200 characters, on one line. Empty where the body is.
    pub fn excerpt(&self) -> &str {
        &self.excerpt
    }

    /// The `X-Request-Id` of the reply: what Kit's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// How long Kit asks to wait before the next attempt. `None` where the response has no `Retry-After`.
    pub fn retry_after(&self) -> Option<RetryAfter> {
        self.retry_after
    }
}

impl ApiError {
    /// Whether Kit may have applied the operation, for all that the status says. Of the redirects, those say that it
    /// did nothing that ask for the same request at another URL; the others may be the result of an operation that was
    /// applied.
    pub(super) fn applied(&self) -> Applied {
        let is_redirect = matches!(self.status.as_u16(), 301 | 307 | 308);
        if self.status.is_client_error() || is_redirect { Applied::No } else { Applied::Perhaps }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, Said(self))?;
        if let Some(retry_after) = &self.retry_after {
            write!(f, "; {retry_after}")?;
        }
        let (operation, last, earlier) = (&self.operation, self.applied(), self.earlier);
        AppliedText { operation, last, earlier }.fmt(f)?;
        write_request_id(f, self.request_id.as_deref())
    }
}

/// The status, and the words of the reply.
pub(super) struct Said<'a>(pub(super) &'a ApiError);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ApiError { status, messages, oauth, excerpt, .. } = self.0;
        status.fmt(f)?;
        match (messages.as_slice(), oauth, excerpt.as_str()) {
            ([], None, "") => Ok(()),
            ([], None, excerpt) => write!(f, ": {excerpt}"),
            ([], Some(error), _) => write!(f, ": {error}"),
            (messages, ..) => write!(f, ": {}", messages.join("; ")),
        }
    }
}

impl std::error::Error for ApiError {}

/// The end of an error's text.
pub(crate) fn write_request_id(f: &mut fmt::Formatter<'_>, id: Option<&str>) -> fmt::Result {
    id.map_or(Ok(()), |id| write!(f, " [request {id}]"))
}
