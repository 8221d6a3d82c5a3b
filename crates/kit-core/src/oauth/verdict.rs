use std::time::Duration;

use super::AccessToken;
use super::refreshed::Until;
use crate::Credentials;
use crate::error::SessionError;

/// Why a refresh was begun.
pub(super) enum Purpose {
    /// A call needs an access token that Kit has not rejected.
    Need(Option<Rejected>),
    /// The access token expires soon, or tokens are not saved yet.
    Renewal,
    /// The tokens of a new authorization are to be saved.
    Beginning,
}

/// An access token that Kit has rejected.
pub(super) struct Rejected {
    pub(super) access_token: AccessToken,
    /// Whether Kit gave tokens so recently that the session does not ask for others.
    pub(super) is_braked: bool,
}

/// The decision about a call that wants an access token.
pub(super) enum Verdict {
    Token(Credentials),
    Wait(Duration),
    Await(Until, Duration),
    Begin(Begun, Purpose),
    Failed(SessionError),
}

/// A refresh that begins.
#[derive(Clone, Copy)]
pub(super) struct Begun {
    pub(super) ticket: u64,
    pub(super) beginnings: u64,
}

/// How a refresh ends.
pub(super) enum Outcome {
    /// There are tokens: new ones, which are saved, or some that the store had.
    Tokens,
    /// There are new tokens, which are in use, and could not be saved.
    Unsaved(SessionError),
    /// A renewal is to be tried again later. Nobody has to know.
    Postponed,
    /// The refresh was given up, or others were refreshing all the time. The next one begins after this time.
    /// A token that still lasts is not renewed for some time, either.
    GivenUp(Duration),
    /// The refresh brought no tokens. The next one begins after this time.
    Failed(SessionError, Duration),
    /// The refresh was dropped before its end. The next call begins another.
    Dropped,
}
