use std::time::Duration;

use crate::error::SessionError;

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

impl Outcome {
    /// Whether the user has to authorize the app again.
    pub(super) fn needs_authorization(&self) -> bool {
        matches!(self, Self::Failed(failure, _) if failure.needs_authorization())
    }
}
