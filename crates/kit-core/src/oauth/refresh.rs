mod keep;
mod look;
mod spend;
mod state;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::Response;

use self::state::{Reading, Spending, State, Turn, fail, failed};
use super::coordination::Memory;
use super::outcome::Outcome;
use super::purpose::Purpose;
use super::refresh_slot::Begun;
use super::unsaved::Unsaved;
use super::{Record, RefreshStep, SaveError, Session, StoreError};
use crate::Kit;
use crate::error::{SessionError, TransportError};
use crate::retry::Attempts;
use crate::time::{Time, Timeline};
use crate::trace::Trace;

/// How long to wait before reading the store again, while another process refreshes.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// How long after the claim a refresh waits for the response. The rest of the lease is for saving the tokens.
const LAST_ANSWER: Duration = Duration::from_secs(55);

/// How long to wait before saving again, after another process saved at the same time.
const SAVE_AGAIN: Duration = Duration::from_millis(10);

/// The refresh of a [`Session`], which one call runs for all calls: reads the store, claims the refresh
/// token, spends it for new tokens, and saves them. The refresh does no I/O: each [`RefreshStep`] says what
/// its caller has to do.
///
/// [`Step::Refresh`](crate::Step::Refresh) hands out a refresh; so does [`Session::begin`], to save new
/// tokens. Run the refresh to its end, even if the call is dropped meanwhile: between the request and the
/// saving, the new tokens exist nowhere else. An async program gives the refresh to a task of its own. While
/// nobody calls [`next`](Self::next), the other calls of the session wait; after 60 seconds one of them
/// begins another refresh.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, Instant, SystemTime};
///
/// use kit_core::oauth::{Refresh, RefreshStep, SessionError, Store};
/// use kit_core::{Time, TransportError};
///
/// fn run(
///     mut refresh: Refresh,
///     store: &dyn Store,
///     exchange: impl Fn(
///         http::Request<Vec<u8>>,
///         Duration, // the timeout
///     ) -> Result<http::Response<Vec<u8>>, TransportError>,
/// ) -> Result<(), SessionError> {
///     let now = || Time::new(Instant::now(), SystemTime::now());
///     loop {
///         match refresh.next(now()) {
///             RefreshStep::Load => refresh.loaded(store.load(), now()),
///             RefreshStep::Save(record) => refresh.saved(store.save(&record), now()),
///             RefreshStep::Send(request) => match exchange(request, refresh.time_left(now())) {
///                 Ok(response) => refresh.received(response, now()),
///                 Err(failure) => refresh.failed(failure, now()),
///             },
///             RefreshStep::Wait(duration) => std::thread::sleep(duration),
///             RefreshStep::Done(result) => return result,
///             _ => return Err(SessionError::Dropped), // a step of a later version
///         }
///     }
/// }
/// ```
pub struct Refresh {
    session: Session,
    begun: Begun,
    kit: Kit,
    purpose: Purpose,
    attempts: Attempts,
    timeline: Timeline,
    trace: Option<Trace>,
    /// Whether Kit has given it tokens.
    is_granted: bool,
    /// How often others were saving at the same time.
    conflicts: u32,
    /// How often the new tokens could not be saved.
    failures: u32,
    state: State,
}

impl Refresh {
    pub(super) fn new(
        session: Session,
        begun: Begun,
        kit: Kit,
        purpose: Purpose,
        attempts: Attempts,
    ) -> Self {
        Self {
            session,
            begun,
            kit,
            purpose,
            attempts,
            timeline: Timeline::default(),
            trace: None,
            is_granted: false,
            conflicts: 0,
            failures: 0,
            state: State::Look,
        }
    }

    /// Returns what the caller has to do now.
    pub fn next(&mut self, now: Time) -> RefreshStep {
        let elapsed = match self.timeline.since_first(now) {
            Ok(elapsed) => elapsed,
            Err(error) => {
                let failure = SessionError::NotRefreshed(Arc::new(error));
                return RefreshStep::Done(Err(failure));
            }
        };
        self.session.with(|shared| shared.touch(self.begun, now));
        loop {
            let turn = match std::mem::replace(&mut self.state, State::Over) {
                State::Look => Turn::Go(self.look(now, elapsed)),
                State::Load(reading) => Turn::Step(RefreshStep::Load, State::Loading(reading)),
                State::Claim(spending) => {
                    let step = RefreshStep::Save(spending.claimed.clone());
                    Turn::Step(step, State::Claiming(spending))
                }
                State::Spend(spending) => self.spend(spending, elapsed),
                State::Keep => self.keep(now),
                State::Release(spending, outcome) => Self::release(&spending, outcome, now),
                State::Mark(record, outcome) => Self::mark(&record, outcome, now),
                State::Waiting { since, wait, then } => {
                    let left = wait.saturating_sub(elapsed.saturating_sub(since));
                    if left.is_zero() {
                        Turn::Go(*then)
                    } else {
                        let state = State::Waiting { since, wait, then };
                        Turn::Step(RefreshStep::Wait(left), state)
                    }
                }
                State::Ending(outcome) => return RefreshStep::Done(self.end(outcome, now)),
                State::Over => return RefreshStep::Done(Ok(())),
                untold => Turn::Go(self.untold(untold)),
            };
            match turn {
                Turn::Go(state) => self.state = state,
                Turn::Step(step, state) => {
                    self.state = state;
                    return step;
                }
            }
        }
    }

    /// The next state after a step whose outcome the caller did not tell.
    fn untold(&self, state: State) -> State {
        let untold = || StoreError::from("nothing was told of its outcome");
        match state {
            State::Sent(spending) => {
                let failure = TransportError::CutOff(untold());
                let error = self.kit.failure(&spending.endpoint, failure);
                fail(spending, error, Duration::ZERO)
            }
            State::Claiming(spending) => {
                State::Release(spending, failed(SessionError::save(untold())))
            }
            State::Saving(_) => State::Ending(Outcome::Unsaved(SessionError::save(untold()))),
            State::Loading(Reading::Spent(spending, _)) => {
                State::Release(spending, failed(SessionError::load(untold())))
            }
            State::Releasing(outcome) => State::Ending(outcome),
            _ => State::Ending(failed(SessionError::load(untold()))),
        }
    }

    /// How long the request under way may take. Zero where no request is under way.
    pub fn time_left(&self, now: Time) -> Duration {
        let State::Sent(spending) = &self.state else { return Duration::ZERO };
        let elapsed = self.timeline.clone().since_first(now).unwrap_or_default();
        LAST_ANSWER.saturating_sub(elapsed.saturating_sub(spending.since))
    }

    fn end(&mut self, outcome: Outcome, now: Time) -> Result<(), SessionError> {
        let result = match &outcome {
            Outcome::Tokens | Outcome::Postponed => Ok(()),
            Outcome::Unsaved(failure) | Outcome::Failed(failure, _) => Err(failure.clone()),
            Outcome::GivenUp(_) => Err(SessionError::Busy),
            Outcome::Dropped => Err(SessionError::Dropped),
        };
        if let Outcome::Unsaved(failure) = &outcome
            && self.failures == 0
        {
            Trace::unsaved(failure);
        }
        if let Some(trace) = &self.trace {
            trace.refreshed(matches!(outcome, Outcome::Tokens | Outcome::Unsaved(_)));
        }
        self.session.with(|shared| shared.end(self.begun, outcome, now));
        result
    }

    /// Tells the refresh which record the store holds, or why the store could not be read.
    pub fn loaded(&mut self, loaded: Result<Option<Record>, StoreError>, now: Time) {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Loading(reading) => self.state = self.read(reading, loaded, now),
            other => self.state = other,
        }
    }

    /// Tells the refresh whether the record was saved.
    pub fn saved(&mut self, saved: Result<(), SaveError>, now: Time) {
        let elapsed = self.timeline.since_first(now).unwrap_or_default();
        self.state = match (std::mem::replace(&mut self.state, State::Over), saved) {
            (State::Claiming(spending), Ok(())) => {
                let version = spending.claimed.version();
                self.with_memory(|memory| memory.claim = Some(version));
                State::Spend(spending)
            }
            (State::Claiming(_), Err(SaveError::Conflict)) => {
                self.pause(SAVE_AGAIN, State::Look, elapsed)
            }
            (State::Claiming(_), Err(SaveError::Failed(error))) => {
                State::Ending(failed(SessionError::save(error)))
            }
            (State::Saving(Unsaved { record, .. }), Ok(())) => self.kept(record, now),
            (State::Saving(unsaved), Err(SaveError::Conflict)) => {
                let again = State::Load(Reading::Conflict(unsaved));
                self.conflicts += 1;
                if self.conflicts == 1 { again } else { self.pause(SAVE_AGAIN, again, elapsed) }
            }
            (State::Saving(unsaved), Err(SaveError::Failed(error))) => {
                self.not_kept(&unsaved.record, SessionError::save(error), now, elapsed)
            }
            // If that is not saved, the claim ends by itself.
            (State::Releasing(outcome), _) => State::Ending(outcome),
            (other, _) => other,
        };
    }

    /// Tells the refresh the response to its request.
    pub fn received(&mut self, response: Response<impl AsRef<[u8]>>, now: Time) {
        let Some(spending) = self.sent() else { return };
        if let Some(trace) = &self.trace {
            trace.received(&response, &self.kit, &spending.endpoint, None);
        }
        self.state = match self.kit.response(&spending.endpoint, response) {
            Ok(tokens) => {
                self.is_granted = true;
                let earlier = self.session.with(|shared| shared.unsaved(self.begun).cloned());
                let unsaved = spending.earns(tokens, earlier, now);
                self.session.with(|shared| shared.grant(self.begun, unsaved, now));
                State::Keep
            }
            Err(error) => self.decide(spending, error, now),
        };
    }

    /// Tells the refresh that its request got no response.
    pub fn failed(&mut self, failure: TransportError, now: Time) {
        let Some(spending) = self.sent() else { return };
        if let Some(trace) = &self.trace {
            trace.failed(&failure);
        }
        let error = self.kit.failure(&spending.endpoint, failure);
        self.state = self.decide(spending, error, now);
    }

    fn sent(&mut self) -> Option<Spending> {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Sent(spending) => Some(spending),
            other => {
                self.state = other;
                None
            }
        }
    }

    fn with_memory<T>(&self, look: impl FnOnce(&mut Memory) -> T) -> T {
        self.session.with(|shared| look(shared.memory()))
    }

    /// Waits, if there is time for that.
    fn pause(&self, wait: Duration, then: State, elapsed: Duration) -> State {
        if wait < self.attempts.time_left(elapsed) {
            return State::Waiting { since: elapsed, wait, then: Box::new(then) };
        }
        State::Ending(match then {
            State::Load(Reading::Conflict(_)) => Outcome::Unsaved(SessionError::Busy),
            _ => Outcome::GivenUp(LOOK_AGAIN),
        })
    }
}

/// Ends the refresh, if nobody has run it to its end.
impl Drop for Refresh {
    fn drop(&mut self) {
        self.session.with(|shared| shared.drop_refresh(self.begun));
    }
}

impl fmt::Debug for Refresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresh").field("session", &self.session).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
