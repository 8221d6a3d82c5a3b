use std::time::Duration;

use super::Refreshed;
use super::purpose::Purpose;
use super::refresh_slot::Begun;
use crate::Credentials;
use crate::error::SessionError;

/// The answer of a session to a call that wants to send.
pub(crate) enum Access {
    Token(Credentials),
    /// The call is to ask again after this time.
    Wait(Duration),
    /// The call is to ask again when the refresh under way has ended, or after `at_most`.
    AwaitRefresh {
        refreshed: Refreshed,
        at_most: Duration,
    },
    /// The call is to have this refresh run, and to ask again. [`Session::refresh`](super::Session::refresh) makes it.
    Refresh(Begun, Purpose),
    Failed(SessionError),
}

/// The tokens that a call was given, and the refreshes that it has begun.
#[derive(Debug, Default)]
pub(crate) struct TokenHistory {
    /// The number of the token that the call was given last.
    pub(super) given: u64,
    /// The number of the token that Kit has rejected: that token, and all before it, are of no use.
    pub(super) rejected: Option<u64>,
    rejections: u8,
    /// The call waits until more refreshes than these have ended.
    pub(super) waits_for: Option<u64>,
    /// Whether the call has begun to renew a token that still lasts.
    pub(super) has_renewed: bool,
    /// How many refreshes the call has begun because it needed a token.
    pub(super) begun: u8,
}

impl TokenHistory {
    /// Notes that Kit has rejected the access token (401). Returns whether the call may try another one. It
    /// tries three at most: the first one, one that the store holds, and one that Kit gives for this call.
    pub(crate) fn reject(&mut self) -> bool {
        self.rejected = Some(self.given);
        self.rejections += 1;
        self.rejections < 3
    }
}
