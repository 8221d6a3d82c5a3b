//! What the session's memory and its store hold, and whether that will do.

use std::time::Duration;

use super::super::coordination::{LEASE, Outcome, Purpose};
use super::super::{Record, RefreshTokens, StoreError};
use super::state::{Reading, Spending, State, failed};
use super::{LOOK_AGAIN, Refresh};
use crate::call::Time;
use crate::error::SessionError;

impl Refresh {
    pub(super) fn read(
        &mut self,
        reading: Reading,
        loaded: Result<Option<Record>, StoreError>,
        now: Time,
    ) -> State {
        let elapsed = self.timeline.since_first(now).unwrap_or_default();
        match (reading, loaded) {
            (Reading::Look, Ok(Some(record))) => self.looked(&record, now, elapsed),
            (Reading::Look | Reading::Spent(..), Ok(None)) => {
                State::Ending(failed(SessionError::NoTokens))
            }
            (Reading::Look, Err(error)) => State::Ending(failed(SessionError::load(error))),
            (Reading::Spent(spending, error), Ok(Some(held))) => {
                self.spent(spending, error, held, now, elapsed)
            }
            (Reading::Spent(spending, _), Err(error)) => {
                State::Release(spending, failed(SessionError::load(error)))
            }
            (Reading::Conflict(unsaved), Ok(held)) => self.keep_over(&unsaved, held, now),
            (Reading::Conflict(_), Err(error)) => {
                State::Ending(Outcome::Unsaved(SessionError::load(error)))
            }
        }
    }

    /// Begins by saving what an earlier refresh could not save; else by what the store keeps.
    pub(super) fn look(&mut self, now: Time, elapsed: Duration) -> State {
        let is_beginning = matches!(self.purpose, Purpose::Beginning);
        match self.session.with(|shared| shared.unsaved(self.begun).cloned()) {
            Some(unsaved) if is_beginning && !self.session.is_in_memory() => {
                return State::Load(Reading::Conflict(unsaved));
            }
            Some(_) => return State::Keep,
            None if is_beginning => return State::Ending(Outcome::Tokens),
            None => {}
        }
        if !self.session.is_in_memory() {
            return State::Load(Reading::Look);
        }
        match self.session.with(|shared| shared.record().cloned()) {
            Some(record) => self.looked(&record, now, elapsed),
            None => State::Ending(failed(SessionError::NoTokens)),
        }
    }

    /// Whether there is something better than the token that was to be replaced; else claims the
    /// refresh token.
    pub(super) fn looked(&mut self, record: &Record, now: Time, elapsed: Duration) -> State {
        // Whatever comes of this, calls can use it as long as it lasts.
        self.session.with(|shared| shared.take_up(self.begun, record.clone()));
        let rejected = match &self.purpose {
            Purpose::Need(rejected) => rejected.as_ref(),
            Purpose::Renewal | Purpose::Beginning => None,
        };
        let rejected = rejected.filter(|r| r.access_token == record.tokens().access_token);
        let will_do = match self.purpose {
            Purpose::Need(_) => rejected.is_none() && !record.has_expired(now.date),
            Purpose::Renewal | Purpose::Beginning => !record.is_due(now.date),
        };
        let Some(refresh_token) = record.tokens().refresh_token.clone().filter(|_| !will_do) else {
            return State::Ending(match rejected {
                Some(_) => failed(SessionError::NoRefreshToken),
                None => Outcome::Tokens,
            });
        };
        if rejected.is_some_and(|rejected| rejected.is_braked) {
            return State::Ending(failed(SessionError::Rejected));
        }
        let ended = self.with_memory(|memory| memory.ended.clone());
        if let Some((_, error)) = ended.filter(|(ended, _)| *ended == refresh_token) {
            return State::Ending(failed(SessionError::Ended(error.into())));
        }
        if let Some(left) = self.claimed_by_another(record, now) {
            return match self.purpose {
                Purpose::Need(_) => self.pause(left.min(LOOK_AGAIN), State::Look, elapsed),
                Purpose::Renewal | Purpose::Beginning => State::Ending(Outcome::Postponed),
            };
        }
        if self.attempts.time_left(elapsed).is_zero() {
            return State::Ending(Outcome::GivenUp(LOOK_AGAIN));
        }
        let claimed = record.claim(now.date, LEASE);
        let endpoint = RefreshTokens::new(self.session.app(), refresh_token);
        let spending = Spending { claimed, since: elapsed, endpoint };
        // Nobody else has what is in memory alone.
        if self.session.is_in_memory() { State::Spend(spending) } else { State::Claim(spending) }
    }

    /// For how much longer somebody else may be about to spend the refresh token.
    pub(super) fn claimed_by_another(&self, record: &Record, now: Time) -> Option<Duration> {
        let own = self.with_memory(|memory| memory.claim);
        record.claimed_for(now.date, LEASE).filter(|_| own != Some(record.version()))
    }
}
