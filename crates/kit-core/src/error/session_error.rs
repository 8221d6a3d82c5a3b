use std::error::Error as StdError;
use std::sync::Arc;

use super::OAuthError;
use crate::Error;
use crate::oauth::StoreError;

/// Why a session has no access token to send.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The store has no tokens: nobody has authorized the app yet.
    #[error("the session has no tokens: the app has to be authorized first")]
    NoTokens,

    /// Kit takes the refresh token no more: the app has to be authorized again.
    #[error("the session has ended, authorize again: {0}")]
    Ended(#[source] Box<OAuthError>),

    /// The access token is of no use any more, and there is no refresh token.
    #[error("the access token has ended, and there is no refresh token: authorize again")]
    NoRefreshToken,

    /// The tokens could not be refreshed: Kit was not reached, was overloaded, or does not know the app.
    #[error("the session cannot be refreshed: {0}")]
    NotRefreshed(#[source] Arc<Error>),

    /// The store could not be read.
    #[error("the session cannot be read from its store: {0}")]
    Load(#[source] Arc<dyn StdError + Send + Sync>),

    /// The store could not be written. New tokens, if there are, are not used before they are saved;
    /// the session keeps them, and the next call tries to save them again.
    #[error("the session cannot be written to its store: {0}")]
    Save(#[source] Arc<dyn StdError + Send + Sync>),

    /// Kit has refused an access token that it had just given. It is not asked for another at once.
    #[error("the access token is refused although it is new")]
    Refused,

    /// Somebody else was refreshing the tokens until the deadline of the call.
    #[error("the session was being refreshed until the deadline")]
    Busy,
}

impl SessionError {
    /// Whether only the user can mend it, by authorizing the app (again).
    pub fn needs_authorization(&self) -> bool {
        match self {
            Self::NoTokens | Self::Ended(_) | Self::NoRefreshToken => true,
            Self::NotRefreshed(_) | Self::Load(_) | Self::Save(_) | Self::Refused | Self::Busy => {
                false
            }
        }
    }

    pub(crate) fn load(error: StoreError) -> Self {
        Self::Load(error.into())
    }

    pub(crate) fn save(error: StoreError) -> Self {
        Self::Save(error.into())
    }
}
