use std::time::Duration;

use super::access::TokenHistory;
use super::purpose::Rejected;
use super::{Record, RefreshToken};
use crate::Credentials;

/// How long after Kit gave tokens the session does not ask for others because Kit rejects one.
const BRAKE: Duration = Duration::from_secs(30);

/// The access token that calls use, once there is one.
#[derive(Default)]
pub(super) struct TokenInUse {
    current: Option<Current>,
    /// When Kit gave tokens last, since the session was begun.
    granted_at: Option<Duration>,
}

/// An access token, and the record that it is of.
pub(super) struct Current {
    /// Grows with each token.
    pub(super) number: u64,
    pub(super) record: Record,
    pub(super) credentials: Credentials,
    /// Whether Kit gave the token to this session, so that the store holds no better one.
    pub(super) is_granted: bool,
}

impl TokenInUse {
    /// The token, unless Kit has rejected it in answer to this call.
    pub(super) fn for_call(&self, history: &TokenHistory) -> Option<&Current> {
        self.current.as_ref().filter(|current| !current.is_rejected(history))
    }

    /// The token, if Kit has rejected it in answer to this call.
    pub(super) fn rejected(&self, history: &TokenHistory, elapsed: Duration) -> Option<Rejected> {
        let current = self.current.as_ref().filter(|current| current.is_rejected(history))?;
        Some(Rejected {
            access_token: current.record.tokens().access_token.clone(),
            is_braked: self.is_new(elapsed),
        })
    }

    /// Whether Kit has given tokens so recently that there are no better ones.
    pub(super) fn is_new(&self, elapsed: Duration) -> bool {
        self.granted_at.is_some_and(|granted_at| elapsed < granted_at.saturating_add(BRAKE))
    }

    /// The session begins with this record.
    pub(super) fn begin(&mut self, record: Record) {
        self.granted_at = None;
        self.replace(record, false);
    }

    /// Kit has given the record's tokens. `granted_at` is `None` where the time is by another clock.
    pub(super) fn grant(&mut self, record: Record, granted_at: Option<Duration>) {
        self.granted_at = granted_at;
        self.replace(record, true);
    }

    /// Takes up a record that the store holds.
    pub(super) fn take_up(&mut self, record: Record) {
        match &mut self.current {
            Some(current)
                if current.record.tokens().access_token == record.tokens().access_token =>
            {
                current.record = record;
            }
            _ => self.replace(record, false),
        }
    }

    fn replace(&mut self, record: Record, is_granted: bool) {
        let number = self.current.as_ref().map_or(0, |current| current.number) + 1;
        let credentials = Credentials::access_token(record.tokens().access_token.secret());
        self.current = Some(Current { number, record, credentials, is_granted });
    }

    pub(super) fn record(&self) -> Option<&Record> {
        self.current.as_ref().map(|current| &current.record)
    }

    pub(super) fn credentials(&self) -> Option<&Credentials> {
        self.current.as_ref().map(|current| &current.credentials)
    }
}

impl Current {
    fn is_rejected(&self, history: &TokenHistory) -> bool {
        history.rejected.is_some_and(|rejected| self.number <= rejected)
    }

    pub(super) fn refresh_token(&self) -> Option<&RefreshToken> {
        self.record.tokens().refresh_token.as_ref()
    }
}
