use std::borrow::Cow;

use http::{Method, StatusCode};

use super::SessionError;
use super::transport_error::Earlier;
use crate::{ApiError, Delivery, ReplyError, TransportError};

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
///         Error::Session { source, .. } if source.needs_authorization() => "authorize".into(),
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
    #[error("{method} {path}: {source}{}", Earlier(method, *earlier))]
    #[non_exhaustive]
    Transport {
        /// The operation's method.
        method: Method,
        /// The operation's path.
        path: Cow<'static, str>,
        /// What the transport met.
        source: TransportError,
        /// Whether an earlier attempt of the same call may have reached Kit.
        earlier: Delivery,
    },

    /// The session has no access token to send: nothing was sent with one.
    #[error("{method} {path}: {source}{}", Earlier(method, *earlier))]
    #[non_exhaustive]
    Session {
        /// The operation's method.
        method: Method,
        /// The operation's path.
        path: Cow<'static, str>,
        /// What the session met.
        source: SessionError,
        /// Whether an earlier attempt of the same call may have reached Kit.
        earlier: Delivery,
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
    /// False for bad input, for every request that only reads, for a request that was never sent, for a
    /// session that cannot be refreshed, and for refusals, which are the statuses 4xx, 301, 307 and 308.
    /// True for the rest: a 5xx, a connection that was cut off, a timeout, a success whose body is
    /// unreadable. True, too, where one of these was met by an earlier attempt of the same
    /// [`Call`](crate::Call).
    pub fn may_have_been_applied(&self) -> bool {
        let (method, earlier, refused) = match self {
            Self::Input { .. } => return false,
            Self::Api(error) => (&error.method, error.earlier, is_refusal(error.status)),
            Self::Reply(error) => (&error.method, error.earlier, false),
            Self::Transport { method, source, earlier, .. } => {
                (method, *earlier, source.delivery() == Delivery::NotSent)
            }
            Self::Session { method, earlier, .. } => (method, *earlier, true),
        };
        !method.is_safe() && (!refused || earlier == Delivery::Unknown)
    }

    /// The error of an attempt that was not the first.
    pub(crate) fn after(mut self, attempts: Delivery) -> Self {
        match &mut self {
            Self::Input { .. } => {}
            Self::Api(error) => error.earlier = attempts,
            Self::Reply(error) => error.earlier = attempts,
            Self::Transport { earlier, .. } | Self::Session { earlier, .. } => *earlier = attempts,
        }
        self
    }
}

/// Whether nothing was done. Of the redirects only those that ask to send the same request elsewhere:
/// the others may stand for a result.
fn is_refusal(status: StatusCode) -> bool {
    status.is_client_error() || matches!(status.as_u16(), 301 | 307 | 308)
}
