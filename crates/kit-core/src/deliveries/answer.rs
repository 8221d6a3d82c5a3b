use std::time::Duration;

use http::{HeaderValue, Response, StatusCode, header};

use super::DeliveryError;

/// The answer to a delivery.
///
/// Answer before the events are handled, once they are safe: Kit does not wait for long, and tries again what was
/// not answered with a success, 8 times in about 41 hours.
///
/// Source: Kit's guide "Retries".
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use kit_core::deliveries::{Answer, DeliveryError};
///
/// assert_eq!(Answer::Received.into_response().status(), 204);
/// assert_eq!(Answer::from(DeliveryError::NoSignature).into_response().status(), 401);
/// let busy = Answer::Busy { retry_after: Duration::from_secs(30) }.into_response();
/// assert_eq!((busy.status().as_u16(), &busy.headers()["retry-after"]), (503, &"30".parse().unwrap()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "a delivery that was not taken has to come again"]
pub enum Answer {
    /// 204: the events are safe with the receiver. Kit does not send them again.
    Received,
    /// The status of the error: 400, 401, 405, 408 or 413. Kit tries again.
    Refused(DeliveryError),
    /// 503 with `Retry-After`: there is no room now. Kit tries again after this time, from 1 s to 24 h.
    Busy {
        /// How long to wait.
        retry_after: Duration,
    },
    /// 410: nobody wants these events any more. Kit does not try again.
    Gone,
}

impl Answer {
    /// The status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Received => StatusCode::NO_CONTENT,
            Self::Refused(error) => error.status(),
            Self::Busy { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Gone => StatusCode::GONE,
        }
    }

    /// The answer in a word: `received`, `busy`, `gone`, or the error's [reason](DeliveryError::reason). The same in all
    /// versions, for counts.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Refused(error) => error.reason(),
            Self::Busy { .. } => "busy",
            Self::Gone => "gone",
        }
    }

    /// The whole response. Its body is what is wrong, if anything is: Kit keeps its beginning in the history of the
    /// delivery.
    pub fn into_response(self) -> Response<String> {
        let body = match &self {
            Self::Refused(error) => error.to_string(),
            Self::Received | Self::Busy { .. } | Self::Gone => String::new(),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status();
        if response.status() == StatusCode::METHOD_NOT_ALLOWED {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        if let Self::Busy { retry_after } = self {
            let seconds = retry_after.as_secs().clamp(1, 24 * 60 * 60);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<DeliveryError> for Answer {
    fn from(error: DeliveryError) -> Self {
        Self::Refused(error)
    }
}
