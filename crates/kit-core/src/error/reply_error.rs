use std::borrow::Cow;
use std::fmt;

use http::{Method, StatusCode};

use super::api_error::write_request_id;
use super::transport_error::Earlier;
use crate::Delivery;

/// A success whose body is not what was promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyError {
    pub(crate) method: Method,
    pub(crate) path: Cow<'static, str>,
    pub(crate) status: StatusCode,
    pub(crate) problem: ReplyProblem,
    pub(crate) detail: String,
    pub(crate) excerpt: String,
    pub(crate) request_id: Option<String>,
    pub(crate) earlier: Delivery,
}

impl ReplyError {
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What is wrong with the body.
    pub fn problem(&self) -> ReplyProblem {
        self.problem
    }

    /// What the reader stumbled over, and where.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The beginning of the body, at most 200 characters, on one line.
    pub fn excerpt(&self) -> &str {
        &self.excerpt
    }

    /// The operation's method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The operation's path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The `X-Request-Id` of the reply: what Kit's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}, but {}", self.method, self.path, self.status, self.problem)?;
        if !self.detail.is_empty() {
            write!(f, " ({})", self.detail)?;
        }
        if !self.excerpt.is_empty() {
            write!(f, ": {}", self.excerpt)?;
        }
        Earlier(&self.method, self.earlier).fmt(f)?;
        write_request_id(f, self.request_id.as_deref())
    }
}

impl std::error::Error for ReplyError {}

/// What is wrong with the body of a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ReplyProblem {
    /// There is no body.
    #[error("the body is empty")]
    Empty,
    /// The body is compressed, which was not asked for.
    #[error("the body is compressed")]
    Compressed,
    /// The body is not text.
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// The body is a page, such as proxies answer with.
    #[error("the body is HTML")]
    Html,
    /// The body ends in the middle of its JSON.
    #[error("the JSON is truncated")]
    Truncated,
    /// The body is some other text.
    #[error("the body is not JSON")]
    NotJson,
    /// The body is JSON, but a required field is missing or has another type.
    #[error("the JSON has another shape")]
    WrongShape,
}
