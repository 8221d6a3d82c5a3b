use std::fmt;

use http::Method;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// What kept a transport from getting a response.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// No connection could be made: the name was not found, the connection was refused, TLS failed,
    /// or all that took too long. Kit cannot have the request.
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
#[non_exhaustive]
pub enum Delivery {
    /// It did not: it was never sent, or not as a whole.
    NotSent,
    /// It may have.
    Unknown,
}

/// What an error's text says of the attempts before.
pub(crate) struct Earlier<'a>(pub(crate) &'a Method, pub(crate) Delivery);

impl fmt::Display for Earlier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Delivery::Unknown if !self.0.is_safe() => {
                f.write_str("; an earlier attempt may have been applied")
            }
            Delivery::Unknown | Delivery::NotSent => Ok(()),
        }
    }
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
