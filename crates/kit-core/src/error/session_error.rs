use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use super::transport_error::chain;
use super::{Error, OAuthError};

/// Why a session has no access token to send.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SessionError {
    /// The session has no tokens: no user has authorized the app yet, or the session was deleted from its
    /// store.
    NoTokens,

    /// Kit no longer accepts the refresh token (`invalid_grant`): the user has to authorize the app again.
    Ended(Box<OAuthError>),

    /// Kit has rejected the access token, and there is no refresh token: the user has to authorize the app
    /// again.
    NoRefreshToken,

    /// The request for new tokens failed: Kit was not reached, was overloaded, or does not know the app, for
    /// example.
    NotRefreshed(Arc<Error>),

    /// The session's store could not be read.
    Load(Arc<dyn StdError + Send + Sync>),

    /// The session's store could not be written. From a call: the refresh token was not spent, since other
    /// processes would not know. From [`Session::unsaved`](crate::oauth::Session::unsaved) and from beginning
    /// a session: the new tokens are in use, but not saved.
    Save(Arc<dyn StdError + Send + Sync>),

    /// Kit has rejected (401) the access token less than 30 seconds after it gave the session new tokens. The
    /// session does not ask Kit for other tokens so soon.
    Rejected,

    /// Another call or process was refreshing or saving the tokens until the time was up.
    Busy,

    /// Each [`Refresh`](crate::oauth::Refresh) that the call began was dropped before its end by the program
    /// that was to run it.
    Dropped,
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTokens => {
                f.write_str("the session has no tokens: the app has to be authorized first")
            }
            Self::Ended(error) => write!(f, "the session has ended, authorize again: {error}"),
            Self::NoRefreshToken => f.write_str(
                "the access token has ended, and there is no refresh token: authorize again",
            ),
            Self::NotRefreshed(error) => write!(f, "the session cannot be refreshed: {error}"),
            Self::Load(error) => {
                write!(f, "the session cannot be read from its store: {}", chain(&**error))
            }
            Self::Save(error) => {
                write!(f, "the session cannot be written to its store: {}", chain(&**error))
            }
            Self::Rejected => f.write_str("the access token is rejected although it is new"),
            Self::Busy => f.write_str("the session was being refreshed until the timeout"),
            Self::Dropped => f.write_str("the refresh of the session was dropped before its end"),
        }
    }
}

impl std::error::Error for SessionError {}

impl SessionError {
    /// Whether the user has to authorize the app (again): nothing else helps.
    pub fn needs_authorization(&self) -> bool {
        matches!(self, Self::NoTokens | Self::Ended(_) | Self::NoRefreshToken)
    }

    pub(crate) fn load(error: Box<dyn StdError + Send + Sync>) -> Self {
        Self::Load(error.into())
    }

    pub(crate) fn save(error: Box<dyn StdError + Send + Sync>) -> Self {
        Self::Save(error.into())
    }
}
