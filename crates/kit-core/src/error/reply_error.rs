use std::fmt;

use http::StatusCode;

use super::api_error::write_request_id;
use super::transport_error::AppliedText;
use super::{Applied, Operation};

/// The error for a success (2xx) whose reply cannot be read as the operation's reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyError {
    pub(crate) operation: Operation,
    pub(crate) status: StatusCode,
    pub(crate) problem: ReplyProblem,
    pub(crate) detail: String,
    pub(crate) excerpt: String,
    pub(crate) request_id: Option<String>,
    pub(crate) earlier: Applied,
}

impl ReplyError {
    /// The operation that was answered with this reply.
    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The problem of the reply.
    pub fn problem(&self) -> ReplyProblem {
        self.problem
    }

    /// The field that cannot be read, by its path if it is known, and the reason: `webhook.id: …`.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The beginning of the body, at most 200 characters, on one line. Empty where the body is, and where the
    /// reply may hold secrets.
    pub fn excerpt(&self) -> &str {
        &self.excerpt
    }

    /// The `X-Request-Id` of the reply: what Kit's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, but {}", self.operation, self.status, self.problem)?;
        if !self.detail.is_empty() {
            write!(f, " ({})", self.detail)?;
        }
        if !self.excerpt.is_empty() {
            write!(f, ": {}", self.excerpt)?;
        }
        let (operation, earlier) = (&self.operation, self.earlier);
        AppliedText { operation, last: Applied::Perhaps, earlier }.fmt(f)?;
        write_request_id(f, self.request_id.as_deref())
    }
}

impl std::error::Error for ReplyError {}

/// The problem of the reply of a success (2xx).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReplyProblem {
    /// There is no body.
    Empty,
    /// The body is compressed, although the request did not ask for that.
    Compressed,
    /// The body is not text.
    NotUtf8,
    /// The body is an HTML page, such as proxies answer with.
    Html,
    /// The body ends in the middle of its JSON, or is shorter than `Content-Length` says.
    Truncated,
    /// The body is text, but neither JSON nor HTML.
    NotJson,
    /// The body is JSON, but a required field is missing or has another type.
    WrongShape,
    /// The page says that there is a next page, but has no cursor to it, or one that leads back to an earlier
    /// page: the list would never end.
    StuckCursor,
}

impl fmt::Display for ReplyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the body is empty"),
            Self::Compressed => f.write_str("the body is compressed"),
            Self::NotUtf8 => f.write_str("the body is not UTF-8"),
            Self::Html => f.write_str("the body is HTML"),
            Self::Truncated => f.write_str("the body is truncated"),
            Self::NotJson => f.write_str("the body is not JSON"),
            Self::WrongShape => f.write_str("the JSON has another shape"),
            Self::StuckCursor => {
                f.write_str("the page says that another follows, and has no new cursor")
            }
        }
    }
}

impl std::error::Error for ReplyProblem {}
