//! The new tokens, until they are saved.

use super::super::Record;
use super::super::RefreshStep;
use super::super::coordination::{Outcome, Over, Unsaved};
use super::Refresh;
use super::state::{State, Turn, failed};
use crate::call::Time;
use crate::error::SessionError;

impl Refresh {
    /// Saves the new tokens.
    pub(super) fn keep(&mut self) -> Turn {
        match self.session.with(|shared| shared.unsaved(self.begun).cloned()) {
            Some(Unsaved { record, .. }) if self.session.is_in_memory() => {
                self.session.with(|shared| shared.saved(self.begun, record));
                Turn::Go(State::Ending(Outcome::Tokens))
            }
            Some(unsaved) => {
                let record = unsaved.record.clone();
                Turn::Step(RefreshStep::Save(record), State::Saving(unsaved))
            }
            // The app was authorized anew, and that is saved already.
            None => Turn::Go(State::Ending(Outcome::Tokens)),
        }
    }

    /// Saves the new tokens over what the store keeps, if that is still what they are to replace.
    pub(super) fn keep_over(
        &mut self,
        unsaved: &Unsaved,
        held: Option<Record>,
        now: Time,
    ) -> State {
        let fits = match (&unsaved.over, &held) {
            (Over::Anything, _) => true,
            // Somebody else has claimed the refresh token, which is spent: these are the tokens.
            (Over::Spent(spent), Some(held)) => held.tokens().refresh_token.as_ref() == Some(spent),
            (Over::Spent(_), None) => false,
        };
        if fits {
            let record = unsaved.record.over(held.as_ref(), now.date);
            let unsaved = Unsaved { record, over: unsaved.over.clone() };
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
