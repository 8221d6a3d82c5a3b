//! The request that spends the refresh token, and what Kit answers.

use std::time::Duration;

use super::super::outcome::Outcome;
use super::super::{Record, RefreshStep, RefreshTokens};
use super::state::{Reading, Spending, State, Turn, fail, failed};
use super::{LOOK_AGAIN, Refresh};
use crate::endpoint::Endpoint as _;
use crate::error::{Error, OAuthError, OAuthErrorCode, SessionError};
use crate::time::Time;
use crate::trace::Trace;

/// How long after the claim the last attempt may begin.
const LAST_ATTEMPT: Duration = Duration::from_secs(25);

impl Refresh {
    pub(super) fn spend(&mut self, spending: Spending, elapsed: Duration) -> Turn {
        if elapsed.saturating_sub(spending.since) >= LAST_ATTEMPT {
            // The claim would end before the answer is there.
            return Turn::Go(State::Look);
        }
        let trace = self.trace.get_or_insert_with(|| Trace::new(&spending.endpoint));
        match self.kit.request(&spending.endpoint) {
            Ok(request) => {
                self.attempts.count();
                trace.sends(self.attempts.made());
                Turn::Step(RefreshStep::Send(request), State::Sent(spending))
            }
            Err(error) => Turn::Go(fail(spending, error, Duration::ZERO)),
        }
    }

    /// Whether to try again.
    pub(super) fn decide(&mut self, spending: Spending, error: Error, now: Time) -> State {
        let elapsed = self.timeline.since_first(now).unwrap_or_default();
        let error = self.attempts.error(error).of_call(self.attempts.made(), elapsed);
        if let Error::Api(error) = &error
            && let Some(oauth) = error.oauth()
            && *oauth.code() == OAuthErrorCode::InvalidGrant
        {
            let oauth = oauth.clone();
            return self.look_who_spent(spending, oauth, now, elapsed);
        }
        let effect = RefreshTokens::EFFECT;
        let Some(wait) = self.attempts.wait_after(&error, effect, elapsed, now.date) else {
            let hold = self.attempts.asked_to_wait(&error, now.date).unwrap_or_default();
            return fail(spending, error, hold);
        };
        if let Some(trace) = &self.trace {
            trace.waits(wait);
        }
        State::Waiting { since: elapsed, wait, then: Box::new(State::Spend(spending)) }
    }

    /// Looks whether another process has spent the refresh token, or is about to.
    pub(super) fn look_who_spent(
        &mut self,
        spending: Spending,
        error: OAuthError,
        now: Time,
        elapsed: Duration,
    ) -> State {
        if !self.session.is_in_memory() {
            return State::Load(Reading::Spent(spending, error));
        }
        match self.session.with(|shared| shared.token().record().cloned()) {
            Some(held) => self.spent(spending, error, held, now, elapsed),
            None => State::Ending(failed(SessionError::NoTokens)),
        }
    }

    pub(super) fn spent(
        &mut self,
        spending: Spending,
        error: OAuthError,
        held: Record,
        now: Time,
        elapsed: Duration,
    ) -> State {
        let spent = spending.endpoint.refresh_token();
        let held_token = held.tokens().refresh_token.as_ref();
        let earlier = self.session.with(|shared| shared.unsaved(self.begun).cloned());
        let is_older = earlier.is_some_and(|earlier| earlier.replaces(Some(&held)));
        if held_token != Some(spent) && !is_older {
            self.session.with(|shared| shared.take_up(self.begun, held));
            return State::Ending(Outcome::Tokens);
        }
        if let Some(left) = self.claimed_by_another(&held, now) {
            let again = State::Load(Reading::Spent(spending, error));
            return self.pause(left.min(LOOK_AGAIN), again, elapsed);
        }
        let ended = Box::new((spent.clone(), error.clone()));
        self.with_memory(|memory| memory.ended = Some(ended));
        State::Release(spending, failed(SessionError::Ended(error.into())))
    }

    /// Lets others try.
    pub(super) fn release(spending: &Spending, outcome: Outcome, now: Time) -> Turn {
        if !spending.is_in_store {
            return Turn::Go(State::Ending(outcome));
        }
        Self::mark(&spending.claimed, outcome, now)
    }

    /// Saves a record that claims nothing, and says whether the user has to authorize the app again.
    pub(super) fn mark(record: &Record, outcome: Outcome, now: Time) -> Turn {
        let released = record.release(now.date, outcome.needs_authorization());
        Turn::Step(RefreshStep::Save(released), State::Releasing(outcome))
    }
}
