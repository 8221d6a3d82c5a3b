//! The new tokens, until they are saved.

use std::time::Duration;

use super::super::outcome::Outcome;
use super::super::purpose::Purpose;
use super::super::unsaved::Unsaved;
use super::super::{Record, RefreshStep};
use super::Refresh;
use super::state::{State, Turn, failed};
use crate::error::SessionError;
use crate::time::Time;
use crate::trace::Trace;

/// How long to wait before the new tokens are saved again, at first. It grows to sixteen times as long.
const KEEP_AGAIN: Duration = Duration::from_millis(250);

impl Refresh {
    /// Saves the new tokens.
    pub(super) fn keep(&mut self, now: Time) -> Turn {
        match self.session.with(|shared| shared.unsaved(self.begun).cloned()) {
            Some(Unsaved { record, .. }) if self.session.is_in_memory() => {
                Turn::Go(self.kept(record, now))
            }
            Some(unsaved) => {
                let record = unsaved.record.clone();
                Turn::Step(RefreshStep::Save(record), State::Saving(unsaved))
            }
            // The app was authorized anew, and that is saved already.
            None => Turn::Go(State::Ending(Outcome::Tokens)),
        }
    }

    /// The tokens are saved. Where an earlier refresh had got them, they may have had their day.
    pub(super) fn kept(&mut self, record: Record, now: Time) -> State {
        let will_do = self.is_granted || self.will_do(&record, now);
        self.session.with(|shared| shared.saved(self.begun, record));
        if will_do { State::Ending(Outcome::Tokens) } else { State::Look }
    }

    /// The tokens can't be saved. Where they have had their day, too, others are got for them all the same: to
    /// wait for the store would turn a full disk into an outage.
    pub(super) fn not_kept(
        &mut self,
        record: &Record,
        failure: SessionError,
        now: Time,
        elapsed: Duration,
    ) -> State {
        let is_needed = matches!(self.purpose, Purpose::Need(_));
        if self.is_granted {
            return self.keep_again(record, failure, now, elapsed);
        }
        if !is_needed || self.will_do(record, now) {
            return State::Ending(Outcome::Unsaved(failure));
        }
        // Nobody else has what is in memory alone: it needs no claim.
        self.spending(record, elapsed).map_or_else(State::Ending, State::Spend)
    }

    /// Tries to save new tokens again, as long as they are of use: other processes know nothing of them, and no call of this
    /// one may come. The calls that there are use them meanwhile; if one waits for the end of this refresh, it ends.
    fn keep_again(
        &mut self,
        record: &Record,
        failure: SessionError,
        now: Time,
        elapsed: Duration,
    ) -> State {
        let wait = KEEP_AGAIN.saturating_mul(1 << self.failures.min(4));
        self.failures = self.failures.saturating_add(1);
        if record.is_due(now.date) || self.session.with(|shared| shared.slot().is_awaited()) {
            return State::Ending(Outcome::Unsaved(failure));
        }
        if self.failures == 1 {
            Trace::unsaved(&failure);
        }
        self.session.with(|shared| {
            if shared.unsaved(self.begun).is_some() {
                shared.memory().save_failure = Some(failure);
            }
        });
        State::Waiting { since: elapsed, wait, then: Box::new(State::Keep) }
    }

    /// Saves the new tokens over what the store keeps, if that is still what they are to replace.
    pub(super) fn keep_over(
        &mut self,
        unsaved: &Unsaved,
        held: Option<Record>,
        now: Time,
    ) -> State {
        if unsaved.replaces(held.as_ref()) {
            let record = unsaved.record.over(held.as_ref(), now.date);
            let unsaved = Unsaved { record, ..unsaved.clone() };
            self.session.with(|shared| shared.keep(self.begun, unsaved));
            return State::Keep;
        }
        // The tokens were saved before, or the app was authorized anew, elsewhere, or the session was deleted.
        self.session.with(|shared| shared.discard(self.begun));
        match held {
            Some(held) => {
                self.session.with(|shared| shared.take_up(self.begun, held));
                State::Look
            }
            None => State::Ending(failed(SessionError::NoTokens)),
        }
    }
}
