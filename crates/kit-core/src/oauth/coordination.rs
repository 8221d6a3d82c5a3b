//! The state that all clones of a session share: the token that calls use, the refresh that is under way, and what one
//! refresh leaves to the next.

use std::time::Duration;

use super::access::{Access, TokenHistory};
use super::outcome::Outcome;
use super::purpose::Purpose;
use super::refresh_slot::{Begun, RefreshSlot};
use super::token_in_use::TokenInUse;
use super::unsaved::Unsaved;
use super::{Record, RefreshToken, Refreshed, Session, Tokens};
use crate::error::{Error, OAuthError, SessionError};
use crate::time::{Time, Timeline};

/// How many refreshes one call begins because it needs a token.
const MOST_REFRESHES: u8 = 8;

#[derive(Default)]
pub(super) struct Coordination {
    timeline: Timeline,
    token: TokenInUse,
    slot: RefreshSlot,
    memory: Memory,
    /// How often the session was begun. The result of a refresh that is older than the last beginning is
    /// ignored.
    beginnings: u64,
}

/// The memory that one refresh leaves to the next. It is mostly empty, and a program may have many sessions: what is
/// large is in boxes.
#[derive(Default)]
pub(super) struct Memory {
    /// Tokens that are not saved yet.
    pub(super) unsaved: Option<Box<Unsaved>>,
    /// Why saving them failed, if it did.
    pub(super) save_failure: Option<SessionError>,
    /// The refresh token that Kit takes no more.
    pub(super) ended: Option<Box<(RefreshToken, OAuthError)>>,
    /// The version by which this session has claimed the refresh token last.
    pub(super) claim: Option<u64>,
    /// The version by which another process was seen to claim the refresh token, and when that was seen first.
    seen_claim: Option<(u64, Duration)>,
}

impl Coordination {
    /// Decides what a call of `session` has to do before it sends.
    pub(super) fn access(
        &mut self,
        session: &Session,
        history: &mut TokenHistory,
        now: Time,
    ) -> Result<Access, Error> {
        let elapsed = self.timeline.since_first(now)?;
        self.slot.forget_undriven(elapsed);
        let waited = history.waits_for.take_if(|round| *round < self.slot.rounds()).is_some();
        let failure = self.slot.failure().filter(|_| waited).cloned();
        if let Some(token) = self.token.for_call(history) {
            let lasts = !token.record.has_expired(now.date);
            // One that was just given is as good as it gets, whatever it says.
            let is_best =
                waited && failure.is_none() && token.is_granted && self.token.is_new(elapsed);
            if lasts || is_best || token.refresh_token().is_none() {
                let is_due =
                    lasts && token.record.is_due(now.date) && token.refresh_token().is_some();
                // No call waits for a renewal: the token lasts. A call begins one at most.
                if (is_due || self.memory.unsaved.is_some())
                    && !history.has_renewed
                    && self.slot.allows_renewal(elapsed)
                {
                    history.has_renewed = true;
                    let begun = self.slot.begin(self.beginnings, elapsed);
                    return Ok(Access::Refresh(begun, Purpose::Renewal));
                }
                history.given = token.number;
                return Ok(Access::Token(token.credentials.clone()));
            }
        }
        if let Some(failure) = failure {
            return Ok(Access::Failed(failure));
        }
        history.waits_for = Some(self.slot.rounds());
        if let Some((until, at_most)) = self.slot.under_way(elapsed) {
            let refreshed = Refreshed::new(session.clone(), until);
            return Ok(Access::AwaitRefresh { refreshed, at_most });
        }
        let held = self.slot.held_for(elapsed);
        if !held.is_zero() {
            return Ok(Access::Wait(held));
        }
        if history.begun >= MOST_REFRESHES {
            return Ok(Access::Failed(SessionError::Dropped));
        }
        history.begun += 1;
        let rejected = self.token.rejected(history, elapsed);
        let begun = self.slot.begin(self.beginnings, elapsed);
        Ok(Access::Refresh(begun, Purpose::Need(rejected)))
    }

    /// The session begins, with tokens that an authorization has brought: whatever was there counts no more.
    pub(super) fn begin(&mut self, tokens: Tokens, now: Time) -> Result<Begun, Error> {
        let elapsed = self.timeline.since_first(now)?;
        self.beginnings += 1;
        let record = Record::new(None, tokens, now.date);
        let unsaved = Unsaved { record: record.clone(), spent: Vec::new(), begins: true };
        self.memory = Memory { unsaved: Some(unsaved.into()), ..Memory::default() };
        self.token.begin(record);
        self.slot.clear();
        self.slot.succeed();
        Ok(self.slot.begin(self.beginnings, elapsed))
    }

    /// Somebody drives the refresh.
    pub(super) fn touch(&mut self, begun: Begun, now: Time) {
        if let Ok(elapsed) = self.timeline.since_first(now) {
            self.slot.touch(begun, elapsed);
        }
    }

    /// Takes up a record that a refresh has found in the store.
    pub(super) fn take_up(&mut self, begun: Begun, record: Record) {
        if self.is_current(begun) {
            self.token.take_up(record);
        }
    }

    /// Kit has given tokens: calls use them from now on, whether or not they can be saved. The refresh token
    /// that they were got for is spent anyway.
    pub(super) fn grant(&mut self, begun: Begun, unsaved: Unsaved, now: Time) {
        if self.is_current(begun) {
            let granted_at = self.timeline.since_first(now).ok();
            self.token.grant(unsaved.record.clone(), granted_at);
            self.memory.unsaved = Some(unsaved.into());
            self.slot.succeed();
        }
    }

    /// The tokens that are to be saved.
    pub(super) fn unsaved(&self, begun: Begun) -> Option<&Unsaved> {
        self.memory.unsaved.as_deref().filter(|_| self.is_current(begun))
    }

    /// For how long this process has seen another claim the refresh token by the record with this version.
    pub(super) fn claim_seen_for(&mut self, version: u64, now: Time) -> Duration {
        let elapsed = self.timeline.since_first(now).unwrap_or_default();
        match self.memory.seen_claim {
            Some((seen, since)) if seen == version => elapsed.saturating_sub(since),
            _ => {
                self.memory.seen_claim = Some((version, elapsed));
                Duration::ZERO
            }
        }
    }

    /// The tokens that no store has: of these, the newest.
    pub(super) fn newest_unsaved(&self) -> Option<&Record> {
        self.memory.unsaved.as_ref().map(|unsaved| &unsaved.record)
    }

    /// For how long a refresh may be under way that nobody drives; `None` where none is.
    pub(super) fn settles_within(&mut self, now: Time) -> Result<Option<Duration>, Error> {
        let elapsed = self.timeline.since_first(now)?;
        self.slot.forget_undriven(elapsed);
        Ok(self.slot.under_way(elapsed).map(|(_, within)| within))
    }

    /// The tokens are to be saved over something else.
    pub(super) fn keep(&mut self, begun: Begun, unsaved: Unsaved) {
        if self.is_current(begun) {
            self.memory.unsaved = Some(unsaved.into());
        }
    }

    /// The tokens are not to be saved: the session was begun anew elsewhere, or deleted.
    pub(super) fn discard(&mut self, begun: Begun) {
        if self.is_current(begun) {
            self.memory.unsaved = None;
            self.memory.save_failure = None;
        }
    }

    /// Notes the record that the store keeps now.
    pub(super) fn saved(&mut self, begun: Begun, record: Record) {
        self.discard(begun);
        self.take_up(begun, record);
    }

    /// The one way in which a refresh ends.
    pub(super) fn end(&mut self, begun: Begun, outcome: Outcome, now: Time) {
        // The time of another clock is no time: what is to be put off is not.
        let elapsed = self.timeline.since_first(now).unwrap_or_default();
        if self.slot.end(begun, &outcome, elapsed)
            && let Outcome::Unsaved(failure) = outcome
        {
            self.memory.save_failure = Some(failure);
        }
    }

    /// Nobody drives the refresh any more.
    pub(super) fn drop_refresh(&mut self, begun: Begun) {
        self.slot.end(begun, &Outcome::Dropped, Duration::ZERO);
    }

    fn is_current(&self, begun: Begun) -> bool {
        self.beginnings == begun.beginning
    }

    pub(super) fn token(&self) -> &TokenInUse {
        &self.token
    }

    pub(super) fn slot(&mut self) -> &mut RefreshSlot {
        &mut self.slot
    }

    pub(super) fn memory(&mut self) -> &mut Memory {
        &mut self.memory
    }
}
