use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use super::api_error::Said;
use super::transport_error::AppliedText;
use super::{ApiError, Applied, Effect, Operation, ReplyError, SessionError, TransportError};

/// Why a call failed.
///
/// The text of an error includes its causes; [`source`](std::error::Error::source) is `None` for every error
/// of this crate, so that nothing is printed twice. No error shows a credential.
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
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The caller's input cannot be used: an argument, a setting, a credential or a clock. No request is sent
    /// with it.
    #[non_exhaustive]
    Input {
        /// The name of the wrong input, such as `per_page`, or its path, such as `event.tag_id`.
        field: &'static str,
        /// The reason, worded to follow the field's name: `is empty`.
        reason: Cow<'static, str>,
    },

    /// Kit, or a proxy before it, answered with a status that is not a success.
    Api(Box<ApiError>),

    /// The status is a success (2xx), but the reply cannot be read as the operation's reply.
    Reply(Box<ReplyError>),

    /// The request got no response: the transport failed.
    #[non_exhaustive]
    Transport {
        /// The operation of the request.
        operation: Operation,
        /// How the transport failed.
        failure: TransportError,
        /// The host of the request, and what the call has done until then.
        sent: Box<Sent>,
        /// Whether an earlier attempt of the same call may have been applied.
        earlier: Applied,
    },

    /// The request was not sent: the [`Pacer`](crate::Pacer) would let it go only after the call's timeout.
    ///
    /// A server that makes the call to answer a request itself can answer 503, with a `Retry-After` of
    /// `wait`.
    #[non_exhaustive]
    Paced {
        /// Which operation was to be sent.
        operation: Operation,
        /// How long to wait before the pacer may let a request go. Zero where that is not known: other processes have
        /// shares of the budget, and may give them back.
        wait: Duration,
        /// Why the store of the shared budget could not be read or written, if that is why there was no room.
        store_failure: Option<Arc<str>>,
        /// Whether an earlier attempt of the same call may have been applied.
        earlier: Applied,
    },

    /// The request was not sent: the session has no access token for it.
    #[non_exhaustive]
    Session {
        /// Which operation was to be sent.
        operation: Operation,
        /// Why the session has no access token.
        failure: SessionError,
        /// Kit's rejection of the access token, if the call had sent one (401).
        rejection: Option<Box<ApiError>>,
        /// Whether an earlier attempt of the same call may have been applied.
        earlier: Applied,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input { field, reason } => write!(f, "{field}: {reason}"),
            Self::Api(error) => error.fmt(f),
            Self::Reply(error) => error.fmt(f),
            Self::Transport { operation, failure, sent, .. } => {
                write!(f, "{operation}: {failure}{}{sent}", self.applied_text(operation))
            }
            Self::Paced { operation, store_failure: Some(failure), .. } => write!(
                f,
                "{operation}: not sent before the timeout: the store of the shared budget fails: {failure}{}",
                self.applied_text(operation)
            ),
            Self::Paced { operation, wait, .. } => {
                write!(f, "{operation}: not sent: the pacer leaves no room before the timeout")?;
                if !wait.is_zero() {
                    write!(f, "; there may be some in {wait:?}")?;
                }
                self.applied_text(operation).fmt(f)
            }
            Self::Session { operation, failure, rejection, .. } => {
                write!(f, "{operation}: {failure}")?;
                if let Some(rejection) = rejection {
                    write!(f, "; Kit said: {}", Said(rejection))?;
                }
                self.applied_text(operation).fmt(f)
            }
        }
    }
}

/// The history of a call until its transport failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// The host that the request was for. Empty where it is not known.
    pub host: String,
    /// How many requests the call has sent, this one included. 0 where no [`Call`](crate::Call) has sent it.
    pub attempts: u32,
    /// How long the call has taken, waits included.
    pub took: Duration,
}

/// At the end of an error's text: ` [api.kit.com, 2 attempts, 1.3 s]`.
impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, took) = (&self.host, self.took.as_secs_f64());
        match self.attempts {
            _ if host.is_empty() => Ok(()),
            0 => write!(f, " [{host}]"),
            1 => write!(f, " [{host}, 1 attempt, {took:.1} s]"),
            attempts => write!(f, " [{host}, {attempts} attempts, {took:.1} s]"),
        }
    }
}

impl std::error::Error for Error {}

impl Error {
    /// Makes an [`Error::Input`]: for an [`Endpoint`](crate::Endpoint) of your own.
    pub fn input(field: &'static str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Input { field, reason: reason.into() }
    }

    /// The operation of the call. `None` for [`Error::Input`].
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

    /// Whether Kit may have applied the operation, although the call failed.
    ///
    /// If true, look at what Kit holds before you send a create again: Kit creates a second webhook where an
    /// equal one exists.
    ///
    /// Always false for [`Error::Input`] and for an operation that only reads. Otherwise false for a request
    /// that was not sent or surely not processed, for a session without an access token, and for the statuses
    /// 4xx, 301, 307 and 308, which say that Kit did nothing; true for any other failure: a 5xx, a connection
    /// that was cut off, a timeout, a success whose body cannot be read. Also true where an earlier attempt
    /// of the same [`Call`](crate::Call) ended in such a failure.
    pub fn may_have_been_applied(&self) -> bool {
        let changes = self.operation().is_some_and(|operation| operation.effect != Effect::Reads);
        changes && [self.last(), self.earlier()].contains(&Applied::Perhaps)
    }

    /// Whether the last attempt may have been applied.
    fn last(&self) -> Applied {
        match self {
            Self::Input { .. } | Self::Paced { .. } | Self::Session { .. } => Applied::No,
            Self::Api(error) => error.applied(),
            Self::Reply(_) => Applied::Perhaps,
            Self::Transport { failure, .. } => failure.applied(),
        }
    }

    fn applied_text<'a>(&self, operation: &'a Operation) -> AppliedText<'a> {
        AppliedText { operation, last: self.last(), earlier: self.earlier() }
    }

    /// Whether the same request may succeed later, without anybody changing it, the credential or the account.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Input { .. } => false,
            Self::Api(error) => {
                // Timeout, queue of bulk requests full, too early, too many requests.
                let is_busy = matches!(error.status.as_u16(), 408 | 413 | 425 | 429);
                is_busy || error.status.is_server_error()
            }
            Self::Session { .. } => !self.is_about_credentials(),
            Self::Reply(_) | Self::Transport { .. } | Self::Paced { .. } => true,
        }
    }

    /// Whether no request with these credentials succeeds, whatever it asks for.
    pub(crate) fn is_about_credentials(&self) -> bool {
        match self {
            Self::Input { field, .. } => *field == "credentials",
            Self::Api(error) => error.status == StatusCode::UNAUTHORIZED,
            Self::Session { failure, .. } => {
                failure.needs_authorization() || matches!(failure, SessionError::Rejected)
            }
            Self::Reply(_) | Self::Transport { .. } | Self::Paced { .. } => false,
        }
    }

    fn earlier(&self) -> Applied {
        match self {
            Self::Input { .. } => Applied::No,
            Self::Api(error) => error.earlier,
            Self::Reply(error) => error.earlier,
            Self::Transport { earlier, .. }
            | Self::Paced { earlier, .. }
            | Self::Session { earlier, .. } => *earlier,
        }
    }

    /// The same error, with what the call has done until then.
    pub(crate) fn of_call(mut self, made: u32, elapsed: Duration) -> Self {
        if let Self::Transport { sent, .. } = &mut self {
            (sent.attempts, sent.took) = (made, elapsed);
        }
        self
    }

    /// The same error, with what is known of the attempts before it.
    pub(crate) fn after(mut self, attempts: Applied) -> Self {
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

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::sync::Arc;

    use super::*;
    use crate::fixtures::{create, kit};

    #[test]
    fn the_end_of_a_text_says_what_is_known_of_the_request() {
        let sent = |host: &str, attempts| {
            let took = std::time::Duration::from_millis(1500);
            Sent { host: host.into(), attempts, took }.to_string()
        };
        assert_eq!(sent("", 2), "");
        assert_eq!(sent("a.b", 0), " [a.b]");
        assert_eq!(sent("a.b", 1), " [a.b, 1 attempt, 1.5 s]");
        assert_eq!(sent("a.b", 2), " [a.b, 2 attempts, 1.5 s]");
    }

    /// A list that was read twice changes nothing.
    #[test]
    fn a_failed_read_is_never_said_to_be_applied() {
        let late = || TransportError::TimedOut("late".into());
        let read = kit().failure(&crate::webhooks::ListWebhooks::new(), late()).to_string();
        let change = kit().failure(&create(), late()).to_string();
        assert_eq!([read, change].map(|text| text.contains("applied")), [false, true]);
    }

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
