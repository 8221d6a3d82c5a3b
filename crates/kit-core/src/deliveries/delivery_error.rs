use std::fmt;
use std::time::Duration;

use http::StatusCode;

/// Why a request is not taken as a delivery of Kit's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryError {
    /// The request has no `X-Kit-Signature`: Kit did not send it, or sent it for a webhook of `/v4/webhooks`.
    NoSignature,
    /// The request has the header `X-Kit-Signature` more than once.
    RepeatedSignature,
    /// The header cannot be read.
    MalformedSignature(&'static str),
    /// No secret gives this signature: the request is not Kit's, was changed on its way, or is signed by another
    /// secret.
    WrongSignature,
    /// The signature is right, but older than the tolerance: it may be replayed by somebody who has seen it.
    Stale(u64),
    /// The signature is right, but of a time in the future by more than the tolerance: the clocks differ.
    Early(u64),
    /// The body is larger than the limit, in bytes.
    TooLarge(usize),
    /// The body did not arrive in this time.
    TooSlow(Duration),
    /// The body is signed by Kit, but no delivery that this version can read.
    Unreadable(String),
    /// The token in the URL is missing or wrong.
    WrongToken,
    /// The request is no POST. Checked by receivers, not by [`Verifier`](super::Verifier).
    WrongMethod,
}

impl fmt::Display for DeliveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSignature => f.write_str("the request has no X-Kit-Signature"),
            Self::RepeatedSignature => {
                f.write_str("the request has X-Kit-Signature more than once")
            }
            Self::MalformedSignature(reason) => write!(f, "X-Kit-Signature {reason}"),
            Self::WrongSignature => f.write_str("X-Kit-Signature does not match"),
            Self::Stale(age) => write!(f, "X-Kit-Signature is {age} s old"),
            Self::Early(ahead) => write!(f, "X-Kit-Signature is {ahead} s ahead of this clock"),
            Self::TooLarge(limit) => write!(f, "the body is larger than {limit} bytes"),
            Self::TooSlow(limit) => write!(f, "the body took longer than {limit:?}"),
            Self::Unreadable(reason) => {
                write!(f, "the body cannot be read as a delivery: {reason}")
            }
            Self::WrongToken => f.write_str("the token in the URL is wrong"),
            Self::WrongMethod => f.write_str("deliveries are sent by POST"),
        }
    }
}

impl std::error::Error for DeliveryError {}

impl DeliveryError {
    /// The status to answer with: 400 to what cannot be read, 401 to what is not shown to be Kit's, 405 to another
    /// method, 408 and 413 to a body that is too slow or too large. Kit tries again after each of these.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::RepeatedSignature | Self::MalformedSignature(_) | Self::Unreadable(_) => {
                StatusCode::BAD_REQUEST
            }
            Self::NoSignature
            | Self::WrongSignature
            | Self::Stale(_)
            | Self::Early(_)
            | Self::WrongToken => StatusCode::UNAUTHORIZED,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow(_) => StatusCode::REQUEST_TIMEOUT,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    /// The error in a word, such as `wrong_signature`: the same in all versions, for counts.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NoSignature => "no_signature",
            Self::RepeatedSignature => "repeated_signature",
            Self::MalformedSignature(_) => "malformed_signature",
            Self::WrongSignature => "wrong_signature",
            Self::Stale(_) => "stale",
            Self::Early(_) => "early",
            Self::TooLarge(_) => "too_large",
            Self::TooSlow(_) => "too_slow",
            Self::Unreadable(_) => "unreadable",
            Self::WrongToken => "wrong_token",
            Self::WrongMethod => "wrong_method",
        }
    }
}
