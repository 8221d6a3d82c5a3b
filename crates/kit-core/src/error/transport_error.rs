use std::error::Error as StdError;
use std::fmt;

use super::Operation;

type Cause = Box<dyn StdError + Send + Sync>;

/// Why a transport got no response.
///
/// The text of the error includes the text of its [`cause`](Self::cause), and of all causes of that.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The request was not sent, so Kit cannot have applied it: the host was not found, no connection was
    /// made, TLS failed, or connecting took too long, for example.
    #[error("not sent: {}", chain(&**.0))]
    NotSent(Cause),

    /// The server has said that it did not process the request: HTTP/2's `REFUSED_STREAM`, or a `GOAWAY`
    /// whose last stream came before it (RFC 9113, section 8.7).
    #[error("not processed: {}", chain(&**.0))]
    NotProcessed(Cause),

    /// The response was not complete when the timeout ended. Kit may have applied the request.
    #[error("timed out: {}", chain(&**.0))]
    TimedOut(Cause),

    /// The connection ended, or broke the rules of HTTP, before the response was complete. Kit may have
    /// applied the request. Use this, too, for an HTTP stack that does not tell how its request failed.
    #[error("cut off: {}", chain(&**.0))]
    CutOff(Cause),

    /// The body of the response is larger than the limit. Kit may have applied the request.
    #[error("the body of the response is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
}

impl TransportError {
    /// Whether Kit may have received the request, and applied it.
    pub fn delivery(&self) -> Delivery {
        match self {
            Self::NotSent(_) | Self::NotProcessed(_) => Delivery::NotSent,
            Self::TimedOut(_) | Self::CutOff(_) | Self::TooLarge { .. } => Delivery::Unknown,
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
pub enum Delivery {
    /// Kit has not applied the request: it was not sent, or the server did not process it.
    NotSent,
    /// Kit may have applied the request.
    Unknown,
}

/// The part of an error's text about earlier attempts.
pub(crate) struct Earlier<'a>(pub(crate) &'a Operation, pub(crate) Delivery);

impl fmt::Display for Earlier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Delivery::Unknown if !self.0.effect.is_read() => {
                f.write_str("; an earlier attempt may have been applied")
            }
            Delivery::Unknown | Delivery::NotSent => Ok(()),
        }
    }
}

/// An error with all its causes, so that its text alone says what happened: the outermost of an HTTP
/// stack's errors often says no more than that there was one.
pub(super) fn chain(error: &(dyn StdError + 'static)) -> String {
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
