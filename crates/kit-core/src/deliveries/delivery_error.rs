use std::time::Duration;

use http::StatusCode;

/// Why a request is not taken as a delivery of Kit's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// The request has no `X-Kit-Signature`: Kit did not send it, or sent it for a webhook of `/v4/webhooks`.
    #[error("the request has no X-Kit-Signature")]
    NoSignature,
    /// The request has the header `X-Kit-Signature` more than once.
    #[error("the request has X-Kit-Signature more than once")]
    RepeatedSignature,
    /// The header cannot be read.
    #[error("X-Kit-Signature {0}")]
    MalformedSignature(&'static str),
    /// No secret gives this signature: the request is not Kit's, was changed on its way, or is signed by another
    /// secret.
    #[error("X-Kit-Signature does not match")]
    WrongSignature,
    /// The signature is right, but older than the tolerance: it may be replayed by somebody who has seen it.
    #[error("X-Kit-Signature is {0} s old")]
    Stale(u64),
    /// The signature is right, but of a time in the future by more than the tolerance: the clocks differ.
    #[error("X-Kit-Signature is {0} s ahead of this clock")]
    Early(u64),
    /// The body is larger than the limit, in bytes.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// The body did not arrive in this time.
    #[error("the body took longer than {0:?}")]
    TooSlow(Duration),
    /// The body is signed by Kit, but no delivery that this version can read.
    #[error("the body cannot be read as a delivery: {0}")]
    Unreadable(String),
    /// The token in the URL is missing or wrong.
    #[error("the token in the URL is wrong")]
    WrongToken,
}

impl DeliveryError {
    /// The status to answer with: 400 to what cannot be read, 401 to what is not shown to be Kit's, 408 and 413
    /// to a body that is too slow or too large. Kit tries again after each of these.
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
        }
    }
}
