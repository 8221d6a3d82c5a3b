use std::borrow::Cow;
use std::time::Duration;

use http::StatusCode;

use super::transport_error::Earlier;
use super::{ApiError, Delivery, Effect, Operation, ReplyError, SessionError, TransportError};

/// What went wrong with a call.
///
/// The text of an error holds all that is known, causes included; [`source`](std::error::Error::source) is
/// `None` for every error of this crate, so that nothing is said twice. None of them shows a credential.
///
/// # Examples
///
/// ```
/// use kit_core::Error;
///
/// fn advice(error: &Error) -> String {
///     match error {
///         Error::Input { field, .. } => format!("correct {field}"),
///         Error::Paced { wait, .. } => format!("come back in {} s", wait.as_secs()),
///         Error::Api(error) if error.status() == 401 => "look at the API key".into(),
///         Error::Session { failure, .. } if failure.needs_authorization() => "authorize".into(),
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

    /// The status is a success, but the reply is not what was promised.
    #[error(transparent)]
    Reply(Box<ReplyError>),

    /// There is no response: the transport failed.
    #[error("{operation}: {failure}{}", Earlier(operation, *earlier))]
    #[non_exhaustive]
    Transport {
        /// Which operation was sent.
        operation: Operation,
        /// What the transport met.
        failure: TransportError,
        /// Whether an earlier attempt of the same call may have been applied.
        earlier: Delivery,
    },

    /// Nothing was sent: the [`Pacer`](crate::Pacer) of the client leaves no room before the call's timeout.
    ///
    /// A server that makes this call for a request of its own can answer 503 with a `Retry-After` of `wait`.
    #[error(
        "{operation}: not sent: the pacer leaves no room before the timeout; there may be some in {wait:?}{}",
        Earlier(operation, *earlier)
    )]
    #[non_exhaustive]
    Paced {
        /// Which operation was to be sent.
        operation: Operation,
        /// After how long there may be room.
        wait: Duration,
        /// Whether an earlier attempt of the same call may have been applied.
        earlier: Delivery,
    },

    /// The session has no access token to send.
    #[error("{operation}: {failure}{}", Earlier(operation, *earlier))]
    #[non_exhaustive]
    Session {
        /// Which operation was to be sent.
        operation: Operation,
        /// What the session met.
        failure: SessionError,
        /// Whether an earlier attempt of the same call may have been applied.
        earlier: Delivery,
    },
}

impl Error {
    /// An input that cannot be sent: for an [`Endpoint`](crate::Endpoint) of your own.
    pub fn input(field: &'static str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Input { field, reason: reason.into() }
    }

    /// Which operation the call was about. `None` for bad input.
    pub fn operation(&self) -> Option<&Operation> {
        match self {
            Self::Input { .. } => None,
            Self::Api(error) => Some(&error.operation),
            Self::Reply(error) => Some(&error.operation),
            Self::Transport { operation, .. }
            | Self::Paced { operation, .. }
            | Self::Session { operation, .. } => Some(operation),
        }
    }

    /// Whether Kit may have done what was asked, although the call failed.
    ///
    /// Where it is true, a create should not be sent again before looking at what is there: Kit does
    /// not keep the same webhook from being created twice.
    ///
    /// False for bad input, for every operation that only reads, for a request that was never sent or
    /// surely not processed, for a session that cannot be refreshed, and for refusals, which are the
    /// statuses 4xx, 301, 307 and 308. True for the rest: a 5xx, a connection that was cut off, a timeout,
    /// a success whose body is unreadable. True, too, where one of these was met by an earlier attempt of
    /// the same [`Call`](crate::Call).
    pub fn may_have_been_applied(&self) -> bool {
        let was_applied = match self {
            Self::Input { .. } | Self::Paced { .. } | Self::Session { .. } => false,
            Self::Api(error) => !is_refusal(error.status),
            Self::Reply(_) => true,
            Self::Transport { failure, .. } => failure.delivery() == Delivery::Unknown,
        };
        let changes = self.operation().is_some_and(|operation| operation.effect != Effect::Reads);
        changes && (was_applied || self.earlier() == Delivery::Unknown)
    }

    fn earlier(&self) -> Delivery {
        match self {
            Self::Input { .. } => Delivery::NotSent,
            Self::Api(error) => error.earlier,
            Self::Reply(error) => error.earlier,
            Self::Transport { earlier, .. }
            | Self::Paced { earlier, .. }
            | Self::Session { earlier, .. } => *earlier,
        }
    }

    /// The error of an attempt that was not the first.
    pub(crate) fn after(mut self, attempts: Delivery) -> Self {
        match &mut self {
            Self::Input { .. } => {}
            Self::Api(error) => error.earlier = attempts,
            Self::Reply(error) => error.earlier = attempts,
            Self::Transport { earlier, .. }
            | Self::Paced { earlier, .. }
            | Self::Session { earlier, .. } => *earlier = attempts,
        }
        self
    }
}

/// Whether nothing was done. Of the redirects only those that ask to send the same request elsewhere:
/// the others may stand for a result.
fn is_refusal(status: StatusCode) -> bool {
    status.is_client_error() || matches!(status.as_u16(), 301 | 307 | 308)
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::sync::Arc;

    use super::*;
    use crate::fixtures::{create, kit};

    /// The rule for every error type: the text says all, and nothing stands in it twice.
    #[test]
    fn an_error_says_its_causes_itself_and_once() {
        let refused = || std::io::Error::other("no route to host");
        let transport = kit().failure(&create(), TransportError::NotSent(refused().into()));
        let session = SessionError::NotRefreshed(Arc::new(transport));
        let store = SessionError::save(refused().into());
        let errors: [&dyn std::error::Error; 3] =
            [&session, &store, &TransportError::CutOff(refused().into())];
        for error in errors {
            assert_eq!(error.to_string().matches("no route to host").count(), 1, "{error}");
            assert!(error.source().is_none(), "{error}");
        }
        let SessionError::NotRefreshed(error) = &session else { unreachable!() };
        let Error::Transport { failure, .. } = &**error else { panic!("{error}") };
        assert!(error.source().is_none() && failure.source().is_none());
        let cause = failure.cause().unwrap();
        assert!(cause.is::<std::io::Error>());
    }
}
