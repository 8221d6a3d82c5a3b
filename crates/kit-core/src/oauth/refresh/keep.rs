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
        if self.is_granted || !is_needed || self.will_do(record, now) {
            return State::Ending(Outcome::Unsaved(failure));
        }
        // Nobody else has what is in memory alone: it needs no claim.
        self.spending(record, elapsed).map_or_else(State::Ending, State::Spend)
    }

    /// Saves the new tokens over what the store keeps, if that is still what they are to replace.
    pub(super) fn keep_over(
        &mut self,
        unsaved: &Unsaved,
        held: Option<Record>,
        now: Time,
    ) -> State {
        let held_token = held.as_ref().and_then(|held| held.tokens().refresh_token.as_ref());
        if unsaved.replaces(held_token) {
            let record = unsaved.record.over(held.as_ref(), now.date);
            let unsaved = Unsaved { record, replaced: unsaved.replaced.clone() };
            self.session.with(|shared| shared.keep(self.begun, unsaved));
            return State::Keep;
        }
        // The app was authorized anew, elsewhere, or the session was deleted.
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
