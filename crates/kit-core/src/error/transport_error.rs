use std::error::Error as StdError;
use std::fmt;

use super::Operation;

type Cause = Box<dyn StdError + Send + Sync>;

/// Why a transport got no response.
///
/// The text of the error includes the text of its [`cause`](Self::cause), and of all causes of that.
#[derive(Debug)]
#[non_exhaustive]
pub enum TransportError {
    /// The request was not sent, so Kit cannot have applied it: the host was not found, no connection was
    /// made, TLS failed, or connecting took too long, for example.
    NotSent(Cause),

    /// The server has said that it did not process the request: HTTP/2's `REFUSED_STREAM`, or a `GOAWAY`
    /// whose last stream came before it (RFC 9113, section 8.7).
    NotProcessed(Cause),

    /// The response was not complete when the timeout ended. Kit may have applied the request.
    TimedOut(Cause),

    /// The connection ended, or broke the rules of HTTP, before the response was complete. Kit may have
    /// applied the request. Use this, too, for an HTTP stack that does not tell how its request failed.
    CutOff(Cause),

    /// The body of the response is larger than the limit. Kit may have applied the request.
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent(cause) => write!(f, "not sent: {}", chain(&**cause)),
            Self::NotProcessed(cause) => write!(f, "not processed: {}", chain(&**cause)),
            Self::TimedOut(cause) => write!(f, "timed out: {}", chain(&**cause)),
            Self::CutOff(cause) => write!(f, "cut off: {}", chain(&**cause)),
            Self::TooLarge { limit } => {
                write!(f, "the body of the response is larger than {limit} bytes")
            }
        }
    }
}

impl std::error::Error for TransportError {}

impl TransportError {
    /// Whether Kit may have received the request, and applied it.
    pub fn applied(&self) -> Applied {
        match self {
            Self::NotSent(_) | Self::NotProcessed(_) => Applied::No,
            Self::TimedOut(_) | Self::CutOff(_) | Self::TooLarge { .. } => Applied::Perhaps,
        }
    }

    /// The error of the HTTP stack: to look for an [`std::io::Error`], for example. `None` for
    /// [`TooLarge`](Self::TooLarge).
    pub fn cause(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        match self {
            Self::NotSent(cause)
            | Self::NotProcessed(cause)
            | Self::TimedOut(cause)
            | Self::CutOff(cause) => Some(&**cause),
            Self::TooLarge { .. } => None,
        }
    }
}

/// Whether Kit may have applied a request that got no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Applied {
    /// Kit has not applied the request: it was not sent, or the server did not process it.
    No,
    /// Kit may have applied the request, and nobody knows.
    Perhaps,
}

/// The part of an error's text that says whether the operation may have been applied: by the last attempt, or by an
/// earlier one.
pub(crate) struct AppliedText<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) last: Applied,
    pub(crate) earlier: Applied,
}

impl fmt::Display for AppliedText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.last, self.earlier) {
            _ if self.operation.effect.is_read() => Ok(()),
            (Applied::Perhaps, _) => f.write_str("; it may have been applied"),
            (Applied::No, Applied::Perhaps) => {
                f.write_str("; an earlier attempt may have been applied")
            }
            (Applied::No, Applied::No) => Ok(()),
        }
    }
}

/// The text of an error with all its causes, so that it alone says what happened: the outermost error of an HTTP
/// stack or of a database often says no more than that there was one. For a transport, a store or a service of your own.
/// A cause that the text before it ends with is not repeated.
///
/// # Examples
///
/// ```
/// let error: Box<dyn std::error::Error> = "the database is down".into();
/// assert_eq!(kit_core::chain(&*error), "the database is down");
/// ```
pub fn chain(error: &(dyn StdError + 'static)) -> String {
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
