use std::time::Duration;

use super::{Refresh, Refreshed};
use crate::Credentials;
use crate::error::{Error, SessionError};

/// What a call is told that wants to send.
pub(crate) enum Access {
    Token(Credentials),
    /// Ask again then.
    Wait(Duration),
    /// Ask again when the refresh under way has ended, or then.
    AwaitRefresh {
        refreshed: Refreshed,
        at_most: Duration,
    },
    /// Run it, then ask again.
    Refresh(Box<Refresh>),
    Failed(SessionError),
    WrongClock(Error),
}

/// What a call knows of its session.
#[derive(Debug, Default)]
pub(crate) struct Asker {
    /// The number of the token that the call was given last.
    pub(super) given: u64,
    /// The number of the token that Kit has rejected: that token, and all before it, are of no use.
    pub(super) rejected: Option<u64>,
    rejections: u8,
    /// The call waits until more refreshes than these have ended.
    pub(super) waits_for: Option<u64>,
    /// The refresh by which the call renews a token that still lasts, and when that began.
    pub(super) renewal: Option<(u64, Duration)>,
    /// How many refreshes the call has begun because it needed a token.
    pub(super) begun: u8,
}

impl Asker {
    /// Kit has rejected the token, with a 401. Whether another may be tried: after the first that was given,
    /// one that the store has, and one that Kit gives for this call.
    pub(crate) fn reject(&mut self) -> bool {
        self.rejected = Some(self.given);
        self.rejections += 1;
        self.rejections < 3
    }
}
