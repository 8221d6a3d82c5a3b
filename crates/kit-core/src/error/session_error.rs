use std::error::Error as StdError;
use std::sync::Arc;

use super::transport_error::chain;
use super::{Error, OAuthError};

/// Why a session has no access token to send.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// There are no tokens: nobody has authorized the app yet, or the session was deleted from its store.
    #[error("the session has no tokens: the app has to be authorized first")]
    NoTokens,

    /// Kit takes the refresh token no more: the app has to be authorized again.
    #[error("the session has ended, authorize again: {0}")]
    Ended(Box<OAuthError>),

    /// The access token is of no use any more, and there is no refresh token.
    #[error("the access token has ended, and there is no refresh token: authorize again")]
    NoRefreshToken,

    /// The tokens could not be refreshed: Kit was not reached, was overloaded, or does not know the app.
    #[error("the session cannot be refreshed: {0}")]
    NotRefreshed(Arc<Error>),

    /// The store could not be read.
    #[error("the session cannot be read from its store: {}", chain(&**.0))]
    Load(Arc<dyn StdError + Send + Sync>),

    /// The store could not be written, and so the refresh token was not spent: nobody else would know. (New
    /// tokens that cannot be saved are no error of a call: see
    /// [`Session::unsaved`](crate::oauth::Session::unsaved).)
    #[error("the session cannot be written to its store: {}", chain(&**.0))]
    Save(Arc<dyn StdError + Send + Sync>),

    /// Kit has rejected, with a 401, an access token that it gave less than half a minute ago. It is not
    /// asked for another so soon.
    #[error("the access token is rejected although it is new")]
    Rejected,

    /// Somebody else was refreshing the tokens until the timeout of the call.
    #[error("the session was being refreshed until the timeout")]
    Busy,

    /// Each refresh that the call began was dropped before its end, by whoever was to run it.
    #[error("the refresh of the session was dropped before its end")]
    Dropped,
}

impl SessionError {
    /// Whether only the user can mend it, by authorizing the app (again).
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
