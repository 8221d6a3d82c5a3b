use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::Response;

use super::coordination::{Begun, LEASE, Memory, Outcome, Over, Purpose, Unsaved};
use super::{
    Record, RefreshStep, RefreshToken, RefreshTokens, SaveError, Session, StoreError, Tokens,
};
use crate::Kit;
use crate::call::{Attempts, Time, Timeline, Trace};
use crate::endpoint::Endpoint as _;
use crate::error::{Error, OAuthError, OAuthErrorCode, SessionError, TransportError};

/// No attempt begins later than that after the claim.
const LAST_ATTEMPT: Duration = Duration::from_secs(25);

/// No answer is waited for longer than that after the claim: the rest of the lease is for clocks that
/// differ.
const LAST_ANSWER: Duration = Duration::from_secs(55);

/// After how long it is looked again whether another process has done what this one waits for.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// After how long what others were saving at the same time is saved again.
const SAVE_AGAIN: Duration = Duration::from_millis(10);

/// The refresh of a [`Session`], which one call runs for all: reads the store, claims the refresh token,
/// spends it, and saves what it gets. What it wants done goes out as a [`RefreshStep`]; it does no I/O.
///
/// It comes out of [`Step::Refresh`](crate::Step::Refresh), and of [`Session::begin`], for tokens that are to be
/// saved. Run it to its end even if the call is dropped meanwhile: between the request and the saving, the
/// session exists nowhere but here. An async program gives it to a task of its own. While nobody asks
/// [`next`](Self::next), the other calls of the session wait; after 60 seconds one of them takes over.
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
    /// How often others were saving at the same time.
    conflicts: u32,
    state: State,
}

enum State {
    /// To look at what there is.
    Look,
    Load(Reading),
    Loading(Reading),
    Claim(Spending),
    Claiming(Spending),
    Spend(Spending),
    Sent(Spending),
    Waiting {
        since: Duration,
        wait: Duration,
        then: Box<State>,
    },
    /// There are new tokens: they are in the session's memory until they are saved.
    Keep,
    Saving(Unsaved),
    /// To let others try.
    Release(Spending, Outcome),
    Releasing(Outcome),
    Ending(Outcome),
    Over,
}

/// What the store is read for.
enum Reading {
    /// Whether it has something better than the token that is to be replaced.
    Look,
    /// Whether somebody else has spent the refresh token that Kit takes no more.
    Spent(Spending, OAuthError),
    /// What the new tokens are to be saved over.
    Conflict(Unsaved),
}

/// A refresh token that is claimed.
struct Spending {
    claimed: Record,
    /// When the claim began.
    since: Duration,
    endpoint: RefreshTokens,
}

/// What comes of a state.
#[expect(clippy::large_enum_variant, reason = "each is taken apart where it is made")]
enum Turn {
    Go(State),
    Step(RefreshStep, State),
}

impl Refresh {
    pub(super) fn new(
        session: Session,
        begun: Begun,
        kit: Kit,
        purpose: Purpose,
        attempts: Attempts,
    ) -> Self {
        let (timeline, trace, conflicts, state) = (Timeline::default(), None, 0, State::Look);
        Self { session, begun, kit, purpose, attempts, timeline, trace, conflicts, state }
    }

    /// What to do now.
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
                State::Keep => self.keep(),
                State::Release(spending, outcome) => self.release(&spending, outcome, now),
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

    /// What comes of a step of which nobody says what came of it.
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

    /// How long the attempt may take that is under way.
    pub fn time_left(&self, now: Time) -> Duration {
        let State::Sent(spending) = &self.state else { return Duration::ZERO };
        let elapsed = self.timeline.clone().since_first(now).unwrap_or_default();
        LAST_ANSWER.saturating_sub(elapsed.saturating_sub(spending.since))
    }

    /// Whether calls cannot do without: the access token has expired, or Kit has rejected it. Otherwise the
    /// call that runs the refresh can go on with the token that there is.
    pub fn is_urgent(&self) -> bool {
        matches!(self.purpose, Purpose::Need(_))
    }

    /// Whether nothing is lost where it is [given up](Self::give_up) now.
    pub fn can_be_given_up(&self) -> bool {
        let next = match &self.state {
            State::Waiting { then, .. } => then,
            state => state,
        };
        match next {
            State::Look | State::Claim(_) | State::Claiming(_) | State::Spend(_) => true,
            State::Load(reading) | State::Loading(reading) => {
                !matches!(reading, Reading::Conflict(_))
            }
            _ => false,
        }
    }

    /// Ends it before its end, for who blocks on it and has no time left: ask [`next`](Self::next) until it is
    /// done. What it was to wait for, the next one has to. Where something [would be
    /// lost](Self::can_be_given_up), it goes on.
    pub fn give_up(&mut self, now: Time) {
        if !self.can_be_given_up() {
            return;
        }
        let elapsed = self.timeline.since_first(now).unwrap_or_default();
        self.state = match std::mem::replace(&mut self.state, State::Over) {
            State::Waiting { since, wait, then } => {
                let left = wait.saturating_sub(elapsed.saturating_sub(since));
                given_up(*then, left)
            }
            state => given_up(state, Duration::ZERO),
        };
    }

    fn end(&mut self, outcome: Outcome, now: Time) -> Result<(), SessionError> {
        let result = match &outcome {
            Outcome::Tokens | Outcome::Postponed => Ok(()),
            Outcome::Unsaved(failure) | Outcome::Failed(failure, _) => Err(failure.clone()),
            Outcome::GivenUp(_) => Err(SessionError::Busy),
            Outcome::Dropped => Err(SessionError::Dropped),
        };
        if let Outcome::Unsaved(failure) = &outcome {
            Trace::unsaved(failure);
        }
        if let Some(trace) = &self.trace {
            trace.refreshed(matches!(outcome, Outcome::Tokens | Outcome::Unsaved(_)));
        }
        self.session.with(|shared| shared.end(self.begun, outcome, now));
        result
    }

    /// Tells what the store keeps.
    pub fn loaded(&mut self, loaded: Result<Option<Record>, StoreError>, now: Time) {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Loading(reading) => self.state = self.read(reading, loaded, now),
            other => self.state = other,
        }
    }

    fn read(
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

    /// Tells what came of saving.
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
            (State::Saving(Unsaved { record, .. }), Ok(())) => {
                self.session.with(|shared| shared.saved(self.begun, record));
                State::Ending(Outcome::Tokens)
            }
            (State::Saving(unsaved), Err(SaveError::Conflict)) => {
                let again = State::Load(Reading::Conflict(unsaved));
                self.conflicts += 1;
                if self.conflicts == 1 { again } else { self.pause(SAVE_AGAIN, again, elapsed) }
            }
            (State::Saving(_), Err(SaveError::Failed(error))) => {
                State::Ending(Outcome::Unsaved(SessionError::save(error)))
            }
            // If that is not saved, the claim ends by itself.
            (State::Releasing(outcome), _) => State::Ending(outcome),
            (other, _) => other,
        };
    }

    /// Tells that the request got this response.
    pub fn received(&mut self, response: Response<impl AsRef<[u8]>>, now: Time) {
        let Some(spending) = self.sent() else { return };
        if let Some(trace) = &self.trace {
            trace.received(&response, &self.kit, &spending.endpoint, None);
        }
        self.state = match self.kit.response(&spending.endpoint, response) {
            Ok(tokens) => {
                let unsaved = spending.earns(tokens, now);
                self.session.with(|shared| shared.grant(self.begun, unsaved, now));
                State::Keep
            }
            Err(error) => self.decide(spending, error, now),
        };
    }

    /// Tells that the request got no response.
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

    /// Begins by saving what an earlier refresh could not save; else by what the store keeps.
    fn look(&mut self, now: Time, elapsed: Duration) -> State {
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
    fn looked(&mut self, record: &Record, now: Time, elapsed: Duration) -> State {
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
    fn claimed_by_another(&self, record: &Record, now: Time) -> Option<Duration> {
        let own = self.with_memory(|memory| memory.claim);
        record.claimed_for(now.date, LEASE).filter(|_| own != Some(record.version()))
    }

    fn spend(&mut self, spending: Spending, elapsed: Duration) -> Turn {
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
    fn decide(&mut self, spending: Spending, error: Error, now: Time) -> State {
        let elapsed = self.timeline.since_first(now).unwrap_or_default();
        let error = self.attempts.error(error);
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

    /// Somebody else may have spent the token, and saved what it got, or be about to.
    fn look_who_spent(
        &mut self,
        spending: Spending,
        error: OAuthError,
        now: Time,
        elapsed: Duration,
    ) -> State {
        if !self.session.is_in_memory() {
            return State::Load(Reading::Spent(spending, error));
        }
        match self.session.with(|shared| shared.record().cloned()) {
            Some(held) => self.spent(spending, error, held, now, elapsed),
            None => State::Ending(failed(SessionError::NoTokens)),
        }
    }

    fn spent(
        &mut self,
        spending: Spending,
        error: OAuthError,
        held: Record,
        now: Time,
        elapsed: Duration,
    ) -> State {
        let spent = spending.endpoint.refresh_token();
        if held.tokens().refresh_token.as_ref() != Some(spent) {
            self.session.with(|shared| shared.take_up(self.begun, held));
            return State::Ending(Outcome::Tokens);
        }
        if let Some(left) = self.claimed_by_another(&held, now) {
            let again = State::Load(Reading::Spent(spending, error));
            return self.pause(left.min(LOOK_AGAIN), again, elapsed);
        }
        let ended = Some((spent.clone(), error.clone()));
        self.with_memory(|memory| memory.ended = ended);
        State::Release(spending, failed(SessionError::Ended(error.into())))
    }

    /// Lets others try.
    fn release(&self, spending: &Spending, outcome: Outcome, now: Time) -> Turn {
        if self.session.is_in_memory() {
            return Turn::Go(State::Ending(outcome));
        }
        let released = spending.claimed.release(now.date);
        Turn::Step(RefreshStep::Save(released), State::Releasing(outcome))
    }

    /// Saves the new tokens.
    fn keep(&mut self) -> Turn {
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
    fn keep_over(&mut self, unsaved: &Unsaved, held: Option<Record>, now: Time) -> State {
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

/// Where a state goes on from which nothing is lost. A claim is given back.
fn given_up(state: State, hold: Duration) -> State {
    let outcome = Outcome::GivenUp(hold);
    match state {
        State::Claiming(spending)
        | State::Spend(spending)
        | State::Load(Reading::Spent(spending, _))
        | State::Loading(Reading::Spent(spending, _)) => State::Release(spending, outcome),
        _ => State::Ending(outcome),
    }
}

fn fail(spending: Spending, error: Error, hold: Duration) -> State {
    let failure = SessionError::NotRefreshed(Arc::new(error));
    State::Release(spending, Outcome::Failed(failure, hold))
}

fn failed(failure: SessionError) -> Outcome {
    Outcome::Failed(failure, Duration::ZERO)
}

impl Spending {
    /// What is to be saved. Without a new refresh token, the old one goes on (RFC 6749, section 6).
    fn earns(self, mut tokens: Tokens, now: Time) -> Unsaved {
        let spent = self.endpoint.refresh_token().clone();
        tokens.refresh_token.get_or_insert_with(|| RefreshToken::clone(&spent));
        let record = Record::new(Some(&self.claimed), tokens, now.date);
        Unsaved { record, over: Over::Spent(spent) }
    }
}

/// Ends it, where nobody has run it to its end.
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
