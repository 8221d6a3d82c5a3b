use std::borrow::Cow;
use std::fmt;

use http::{Method, StatusCode};

use crate::RetryAfter;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong with a call.
///
/// None of its texts, sources included, shows a credential.
///
/// # Examples
///
/// ```
/// use kit_core::Error;
///
/// fn advice(error: &Error) -> String {
///     match error {
///         Error::Input { field, .. } => format!("correct {field}"),
///         Error::Api(error) if error.status() == 401 => "look at the API key".into(),
///         _ if error.may_have_been_applied() => "look whether it was done".into(),
///         _ => "try again".into(),
///     }
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The caller's input cannot be sent. Nothing was sent.
    #[error("{field}: {reason}")]
    #[non_exhaustive]
    Input {
        /// What is wrong: the name of an argument, or the path to it, such as `event.tag_id`.
        field: &'static str,
        /// Why, worded to follow the field's name.
        reason: Cow<'static, str>,
    },

    /// Kit, or a proxy before it, answered with a status that is not a success.
    #[error(transparent)]
    Api(Box<ApiError>),

    /// The status is a success, but the body is not what was promised.
    #[error(transparent)]
    Reply(Box<ReplyError>),

    /// There is no response: the transport failed.
    #[error("{method} {path}: {source}")]
    #[non_exhaustive]
    Transport {
        /// The operation's method.
        method: Method,
        /// The operation's path.
        path: Cow<'static, str>,
        /// What the transport met.
        source: TransportError,
    },
}

impl Error {
    /// An input that cannot be sent: for an [`Endpoint`](crate::Endpoint) of your own.
    pub fn input(field: &'static str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Input { field, reason: reason.into() }
    }

    /// Whether Kit may have done what was asked, although the call failed.
    ///
    /// Where it is true, a create should not be sent again before looking at what is there: Kit does
    /// not keep the same webhook from being created twice.
    ///
    /// False for bad input, for every request that only reads, for a request that was never sent,
    /// and for the statuses 3xx and 4xx, which are refusals. True for the rest: a 5xx, a connection
    /// that was cut off, a timeout, a success whose body is unreadable.
    pub fn may_have_been_applied(&self) -> bool {
        match self {
            Self::Input { .. } => false,
            Self::Api(error) => {
                let refused = error.status.is_redirection() || error.status.is_client_error();
                !error.method.is_safe() && !refused
            }
            Self::Reply(error) => !error.method.is_safe(),
            Self::Transport { method, source, .. } => {
                !method.is_safe() && source.delivery() == Delivery::Unknown
            }
        }
    }
}

/// A status that is not a success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    pub(crate) method: Method,
    pub(crate) path: Cow<'static, str>,
    pub(crate) status: StatusCode,
    pub(crate) messages: Vec<String>,
    pub(crate) excerpt: String,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<RetryAfter>,
}

impl ApiError {
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Kit's own messages, in its words: the `errors` of the body. Empty where the body does not
    /// have them, as when a proxy answered; [`excerpt`](Self::excerpt) then shows what came.
    pub fn messages(&self) -> &[String] {
        &self.messages
    }

    /// The beginning of the body, at most 200 characters, on one line. Empty where there is none.
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

    /// How long Kit asks to wait before the next try.
    pub fn retry_after(&self) -> Option<RetryAfter> {
        self.retry_after
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.method, self.path, self.status)?;
        match (self.messages.as_slice(), self.excerpt.as_str()) {
            ([], "") => {}
            ([], excerpt) => write!(f, ": {excerpt}")?,
            (messages, _) => write!(f, ": {}", messages.join("; "))?,
        }
        write_request_id(f, self.request_id.as_deref())
    }
}

impl std::error::Error for ApiError {}

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

/// What kept a transport from getting a response.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// No connection could be made: the name was not found, the connection was refused, TLS failed,
    /// or all that took too long. Nothing was sent.
    #[error("not sent: {}", chain(&**.0))]
    NotSent(#[source] Source),

    /// There was no whole response in time.
    #[error("timed out: {}", chain(&**.0))]
    TimedOut(#[source] Source),

    /// The connection ended, or stopped making sense as HTTP, before there was a whole response.
    #[error("cut off: {}", chain(&**.0))]
    CutOff(#[source] Source),

    /// The body of the response is larger than the limit.
    #[error("the body of the response is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
}

impl TransportError {
    /// Whether the request may have reached Kit.
    pub fn delivery(&self) -> Delivery {
        match self {
            Self::NotSent(_) => Delivery::NotSent,
            Self::TimedOut(_) | Self::CutOff(_) | Self::TooLarge { .. } => Delivery::Unknown,
        }
    }
}

/// Whether a request that got no response may have reached Kit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// It did not: it was never sent as a whole.
    NotSent,
    /// It may have.
    Unknown,
}

/// An error with all its sources, so that the message alone says what happened: the outermost of an
/// HTTP stack's errors often says no more than that there was one.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.ends_with(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
        source = error.source();
    }
    text
}

fn write_request_id(f: &mut fmt::Formatter<'_>, id: Option<&str>) -> fmt::Result {
    id.map_or(Ok(()), |id| write!(f, " [request {id}]"))
}
