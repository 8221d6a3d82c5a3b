//! The look at the session's memory and its store: whether their tokens will do.

use std::time::Duration;

use super::super::outcome::Outcome;
use super::super::purpose::{Purpose, Rejected};
use super::super::refresh_slot::LEASE;
use super::super::{Record, RefreshTokens, StoreError};
use super::state::{Reading, Spending, State, failed};
use super::{LOOK_AGAIN, Refresh};
use crate::error::SessionError;
use crate::time::Time;

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
            (Reading::Conflict(unsaved), Err(error)) => {
                self.not_kept(&unsaved.record, SessionError::load(error), now, elapsed)
            }
        }
    }

    /// Begins by saving tokens that an earlier refresh could not save; otherwise by reading the store.
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
        match self.session.with(|shared| shared.token().record().cloned()) {
            Some(record) => self.looked(&record, now, elapsed),
            None => State::Ending(failed(SessionError::NoTokens)),
        }
    }

    /// Ends the refresh where the record has a good enough access token; otherwise claims the refresh token.
    pub(super) fn looked(&mut self, record: &Record, now: Time, elapsed: Duration) -> State {
        // Whatever comes of this, calls can use it as long as it lasts.
        self.session.with(|shared| shared.take_up(self.begun, record.clone()));
        if self.will_do(record, now) {
            return State::Ending(Outcome::Tokens);
        }
        if let Some(left) = self.claimed_by_another(record, now) {
            return match self.purpose {
                Purpose::Need(_) => self.pause(left.min(LOOK_AGAIN), State::Look, elapsed),
                Purpose::Renewal | Purpose::Beginning => State::Ending(Outcome::Postponed),
            };
        }
        match self.spending(record, elapsed) {
            Ok(spending) if self.session.is_in_memory() => State::Spend(spending),
            Ok(spending) => {
                let claimed = record.claim(now.date, LEASE);
                State::Claim(Spending { claimed, is_in_store: true, ..spending })
            }
            Err(outcome)
                if outcome.needs_authorization()
                    && !record.needs_authorization()
                    && !self.session.is_in_memory() =>
            {
                State::Mark(record.clone(), outcome)
            }
            Err(outcome) => State::Ending(outcome),
        }
    }

    /// Whether the access token serves the purpose.
    pub(super) fn will_do(&self, record: &Record, now: Time) -> bool {
        match self.purpose {
            Purpose::Need(_) => self.rejected(record).is_none() && !record.has_expired(now.date),
            Purpose::Renewal | Purpose::Beginning => !record.is_due(now.date),
        }
    }

    fn rejected(&self, record: &Record) -> Option<&Rejected> {
        let Purpose::Need(Some(rejected)) = &self.purpose else { return None };
        (rejected.access_token == record.tokens().access_token).then_some(rejected)
    }

    /// The spending of the refresh token, which is not claimed yet; or the reason why it is not to be spent.
    pub(super) fn spending(&self, record: &Record, elapsed: Duration) -> Result<Spending, Outcome> {
        let rejected = self.rejected(record);
        let Some(refresh_token) = record.tokens().refresh_token.clone() else {
            return Err(match rejected {
                Some(_) => failed(SessionError::NoRefreshToken),
                None => Outcome::Tokens,
            });
        };
        if rejected.is_some_and(|rejected| rejected.is_braked) {
            return Err(failed(SessionError::Rejected));
        }
        let ended = self.with_memory(|memory| memory.ended.clone());
        if let Some((ended, error)) = ended.map(|ended| *ended)
            && ended == refresh_token
        {
            return Err(failed(SessionError::Ended(error.into())));
        }
        if self.attempts.time_left(elapsed).is_zero() {
            return Err(Outcome::GivenUp(LOOK_AGAIN));
        }
        let endpoint = RefreshTokens::new(self.session.app(), refresh_token);
        Ok(Spending { claimed: record.clone(), is_in_store: false, since: elapsed, endpoint })
    }

    /// How much longer another process claims the refresh token. The dates of processes may differ: the claim counts for
    /// as long as it lasts from when this process has seen it first.
    pub(super) fn claimed_by_another(&self, record: &Record, now: Time) -> Option<Duration> {
        let own = self.with_memory(|memory| memory.claim);
        if own == Some(record.version()) || !record.is_claimed(now.date) {
            return None;
        }
        let seen_for = self.session.with(|shared| shared.claim_seen_for(record.version(), now));
        Some(LEASE.saturating_sub(seen_for)).filter(|left| !left.is_zero())
    }
}
