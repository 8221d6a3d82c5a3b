use std::error::Error as StdError;
use std::fmt;

use super::Operation;

type Cause = Box<dyn StdError + Send + Sync>;

/// What kept a transport from getting a response.
///
/// Its text holds that of its [cause](Self::cause), and of that one's causes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// No connection could be made: the name was not found, the connection was refused, TLS failed, or
    /// all that took too long. Kit cannot have the request.
    #[error("not sent: {}", chain(&**.0))]
    NotSent(Cause),

    /// The server has said that it did not process the request: HTTP/2's `REFUSED_STREAM`, or a `GOAWAY`
    /// whose last stream came before it (RFC 9113, section 8.7).
    #[error("not processed: {}", chain(&**.0))]
    NotProcessed(Cause),

    /// There was no whole response in time.
    #[error("timed out: {}", chain(&**.0))]
    TimedOut(Cause),

    /// The connection ended, or stopped making sense as HTTP, before there was a whole response. A stack
    /// that cannot tell how its request failed says this: it promises nothing.
    #[error("cut off: {}", chain(&**.0))]
    CutOff(Cause),

    /// The body of the response is larger than the limit.
    #[error("the body of the response is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
}

impl TransportError {
    /// Whether Kit may have got the request, and applied it.
    pub fn delivery(&self) -> Delivery {
        match self {
            Self::NotSent(_) | Self::NotProcessed(_) => Delivery::NotSent,
            Self::TimedOut(_) | Self::CutOff(_) | Self::TooLarge { .. } => Delivery::Unknown,
        }
    }

    /// What the HTTP stack said: to look for an [`std::io::Error`] in, for example.
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

/// Whether a request that got no response may have been applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// It was not: it was never sent, not as a whole, or not processed.
    NotSent,
    /// It may have been.
    Unknown,
}

/// What an error's text says of the attempts before.
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
