use std::time::Duration;

use super::{Refresh, SessionError};
use crate::Credentials;

/// What a call is told that wants to send.
pub(crate) enum Access {
    Token(Credentials),
    /// Ask again then.
    Wait(Duration),
    /// Run it, then ask again.
    Refresh(Box<Refresh>),
    Failed(SessionError),
}

/// What a call knows of its session.
#[derive(Debug, Default)]
pub(crate) struct Asker {
    /// The number of the token that it was given last, and whether Kit has accepted that before.
    pub(super) given: u64,
    pub(super) is_accepted: bool,
    /// The number of the token that Kit refused: it and all before it are of no use.
    pub(super) refused: Option<u64>,
    refusals: u8,
    /// It waits until more refreshes than these have ended.
    pub(super) waits_for: Option<u64>,
    /// Whether the token that it was given is to be renewed when there is time for that.
    pub(super) renews: bool,
}

impl Asker {
    /// Kit has refused the token. Whether another may be tried: after the first that was given, one that
    /// the store has, and one that Kit gives for this call.
    pub(crate) fn refuse(&mut self) -> bool {
        self.refused = Some(self.given);
        self.refusals += 1;
        self.refusals < 3
    }

    /// Whether it waits for a refresh that another call has begun.
    pub(crate) fn is_waiting(&self) -> bool {
        self.waits_for.is_some()
    }
}
