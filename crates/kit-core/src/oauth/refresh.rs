use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::Response;

use super::session::{Purpose, Unsaved};
use super::{
    OAuthError, OAuthErrorCode, Record, RefreshStep, RefreshToken, RefreshTokens, SaveError,
    Session, SessionError, Tokens,
};
use crate::call::Attempts;
use crate::call::Trace;
use crate::{Endpoint as _, Error, Kit, Time, TransportError};

/// For how long a refresh token is claimed by who is about to spend it.
const LEASE: Duration = Duration::from_secs(60);

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
/// spends it, and saves what it gets.
///
/// It comes out of [`Step::Refresh`](crate::Step::Refresh). Run it to its end even if the call is dropped
/// meanwhile: between the request and the saving, the session exists nowhere but here. An async program
/// gives it to a task of its own. [`next`](Self::next) reads and writes the store, and so may block.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use kit_core::oauth::{Refresh, RefreshStep};
/// use kit_core::{Time, TransportError};
///
/// fn run(
///     mut refresh: Refresh,
///     now: impl Fn() -> Time,
///     exchange: impl Fn(
///         http::Request<Vec<u8>>,
///         Duration, // the timeout
///     ) -> Result<http::Response<Vec<u8>>, TransportError>,
/// ) {
///     loop {
///         match refresh.next(now()) {
///             RefreshStep::Send(request) => match exchange(request, refresh.time_left(now())) {
///                 Ok(response) => refresh.received(response, now()),
///                 Err(failure) => refresh.failed(failure, now()),
///             },
///             RefreshStep::Wait(duration) => std::thread::sleep(duration),
///             RefreshStep::Done => return,
///         }
///     }
/// }
/// ```
pub struct Refresh {
    session: Session,
    /// How often the session had been begun when this was.
    beginnings: u64,
    kit: Kit,
    purpose: Purpose,
    attempts: Attempts,
    trace: Option<Trace>,
    state: State,
    is_over: bool,
}

enum State {
    /// Look at what the store keeps.
    Look,
    Spend(Spending),
    Sent(Spending),
    Waiting {
        since: Duration,
        wait: Duration,
        then: Box<State>,
    },
    /// Kit takes the refresh token no more.
    Refused(Spending, OAuthError),
    Failed(Spending, Error),
    /// There are new tokens: they are in the session's memory until they are saved.
    Save,
    Over,
}

/// A refresh token that is claimed.
struct Spending {
    claimed: Record,
    /// When it was claimed.
    since: Duration,
    endpoint: RefreshTokens,
}

/// What comes of a state.
#[expect(clippy::large_enum_variant, reason = "each is taken apart where it is made")]
enum Turn {
    Go(State),
    Step(RefreshStep, State),
    End(End),
}

/// How a refresh ends.
enum End {
    /// With new tokens, which are saved.
    Renewed(Record),
    /// The store had tokens that will do.
    Found,
    /// It is to be tried again later. Nobody has to know.
    Postponed,
    /// Others were at it all the time. Who has time left begins another.
    GivenUp,
    /// Kit is not to be asked again before some time has passed.
    Failed(SessionError, Duration),
}

impl Refresh {
    pub(super) fn new(
        session: Session,
        beginnings: u64,
        kit: Kit,
        purpose: Purpose,
        attempts: Attempts,
    ) -> Self {
        let (trace, state) = (None, State::Look);
        Self { session, beginnings, kit, purpose, attempts, trace, state, is_over: false }
    }

    /// What to do now.
    pub fn next(&mut self, now: Time) -> RefreshStep {
        self.attempts.begin(now);
        loop {
            let turn = match std::mem::replace(&mut self.state, State::Over) {
                State::Look => self.look(now),
                State::Spend(spending) => self.spend(spending, now),
                State::Sent(spending) => {
                    let untold = TransportError::CutOff("nothing was told of its outcome".into());
                    let error = self.kit.failure(&spending.endpoint, untold);
                    Turn::Go(State::Failed(spending, error))
                }
                State::Waiting { since, wait, then } => {
                    let left = wait.saturating_sub(now.elapsed.saturating_sub(since));
                    if left.is_zero() {
                        Turn::Go(*then)
                    } else {
                        let state = State::Waiting { since, wait, then };
                        Turn::Step(RefreshStep::Wait(left), state)
                    }
                }
                State::Refused(spending, error) => self.refused(spending, error, now),
                State::Failed(spending, error) => self.fail(&spending, error, now),
                State::Save => self.save(now),
                State::Over => return RefreshStep::Done,
            };
            match turn {
                Turn::Go(state) => self.state = state,
                Turn::Step(step, state) => {
                    self.state = state;
                    return step;
                }
                Turn::End(end) => {
                    self.end(end, now);
                    return RefreshStep::Done;
                }
            }
        }
    }

    /// How long the attempt may take that is under way.
    pub fn time_left(&self, now: Time) -> Duration {
        let State::Sent(spending) = &self.state else { return Duration::ZERO };
        LAST_ANSWER.saturating_sub(now.elapsed.saturating_sub(spending.since))
    }

    /// Whether calls cannot do without: the access token has expired, or Kit has refused it. Otherwise
    /// the call that runs this has ended, and nobody waits for it.
    pub fn is_urgent(&self) -> bool {
        matches!(self.purpose, Purpose::Need(_))
    }

    /// Whether nothing is lost where it is [given up](Self::give_up) now.
    pub fn can_be_given_up(&self) -> bool {
        let next = match &self.state {
            State::Waiting { then, .. } => then,
            state => state,
        };
        !matches!(next, State::Sent(_) | State::Save)
    }

    /// Ends it before its end, for who blocks on it and has no time left. What it was to wait for,
    /// the next one has to.
    pub fn give_up(mut self, now: Time) {
        let mut hold = Duration::ZERO;
        if let State::Waiting { since, wait, then } = &self.state {
            hold = wait.saturating_sub(now.elapsed.saturating_sub(*since));
            if let State::Spend(spending) = &**then {
                self.release(spending, now);
            }
        }
        self.is_over = true;
        self.session.give_up_refresh(hold, now);
    }

    fn end(&mut self, end: End, now: Time) {
        self.is_over = true;
        if let Some(trace) = &self.trace {
            trace.refreshed(matches!(end, End::Renewed(_) | End::Found));
        }
        match end {
            End::Renewed(record) => self.session.renew(record, self.beginnings, now),
            End::Found => self.session.end_refresh(),
            End::Postponed => self.session.postpone_refresh(now),
            End::GivenUp => self.session.give_up_refresh(LOOK_AGAIN, now),
            End::Failed(error, hold) => self.session.fail_refresh(error, hold, now),
        }
    }

    /// Tells that the request got this response.
    pub fn received(&mut self, response: Response<impl AsRef<[u8]>>, now: Time) {
        let Some(spending) = self.sent() else { return };
        if let Some(trace) = &self.trace {
            trace.received(&response, &self.kit, &spending.endpoint, None);
        }
        self.state = match self.kit.response(&spending.endpoint, response) {
            Ok(tokens) => {
                self.session.keep(spending.earns(tokens, now), self.beginnings);
                State::Save
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

    /// Whether there is something better than the token that was to be replaced; else claims the
    /// refresh token.
    fn look(&mut self, now: Time) -> Turn {
        let store = self.session.store();
        if self.session.with_memory(|memory| memory.unsaved.is_some()) {
            return Turn::Go(State::Save);
        }
        let record = match store.load() {
            Ok(Some(record)) => record,
            Ok(None) => return failed(SessionError::NoTokens),
            Err(error) => return failed(SessionError::load(error)),
        };
        // Whatever comes of this, calls can use it as long as it lasts.
        self.session.take_up(record.clone(), self.beginnings);
        let refused = match &self.purpose {
            Purpose::Need(refused) => refused.as_ref(),
            Purpose::Renewal => None,
        };
        let refused = refused.filter(|r| r.access_token == record.tokens().access_token);
        let will_do = match self.purpose {
            Purpose::Need(_) => refused.is_none() && !record.has_expired(now.date),
            Purpose::Renewal => !record.is_due(now.date),
        };
        let Some(refresh_token) = record.tokens().refresh_token.clone().filter(|_| !will_do) else {
            return match refused {
                Some(_) => failed(SessionError::NoRefreshToken),
                None => Turn::End(End::Found),
            };
        };
        if refused.is_some_and(|refused| refused.is_new) {
            return failed(SessionError::Refused);
        }
        let refused = self.session.with_memory(|memory| memory.refused.clone());
        if let Some((_, error)) = refused.filter(|(refused, _)| *refused == refresh_token) {
            return failed(SessionError::Ended(error.into()));
        }
        if let Some(left) = self.claimed_by_another(&record, now) {
            return match self.purpose {
                Purpose::Need(_) => self.pause(left.min(LOOK_AGAIN), State::Look, now),
                Purpose::Renewal => Turn::End(End::Postponed),
            };
        }
        if self.attempts.time_left(now).is_zero() {
            return Turn::End(End::GivenUp);
        }
        let claimed = record.claim(now.date, LEASE);
        match store.save(&claimed) {
            Ok(()) => {
                self.session.with_memory(|memory| memory.claim = Some(claimed.version()));
                let endpoint = RefreshTokens::new(self.session.app(), refresh_token);
                let spending = Spending { claimed, since: now.elapsed, endpoint };
                // The store may have taken its time: what it is now decides.
                self.pause(Duration::ZERO, State::Spend(spending), now)
            }
            Err(SaveError::Conflict) => self.pause(SAVE_AGAIN, State::Look, now),
            Err(SaveError::Failed(error)) => failed(SessionError::save(error)),
        }
    }

    /// For how much longer somebody else may be about to spend the refresh token.
    fn claimed_by_another(&self, record: &Record, now: Time) -> Option<Duration> {
        let own = self.session.with_memory(|memory| memory.claim);
        record.claimed_for(now.date, LEASE).filter(|_| own != Some(record.version()))
    }

    fn spend(&mut self, spending: Spending, now: Time) -> Turn {
        if now.elapsed.saturating_sub(spending.since) >= LAST_ATTEMPT {
            // The claim is to end before the answer would be there.
            return Turn::Go(State::Look);
        }
        let trace = self.trace.get_or_insert_with(|| Trace::new(&spending.endpoint));
        match self.kit.request(&spending.endpoint) {
            Ok(request) => {
                self.attempts.count();
                trace.sends(self.attempts.made());
                Turn::Step(RefreshStep::Send(request), State::Sent(spending))
            }
            Err(error) => Turn::Go(State::Failed(spending, error)),
        }
    }

    /// Whether to try again.
    fn decide(&mut self, spending: Spending, error: Error, now: Time) -> State {
        let error = self.attempts.error(error);
        if let Error::Api(error) = &error
            && let Some(oauth) = error.oauth()
            && *oauth.code() == OAuthErrorCode::InvalidGrant
        {
            return State::Refused(spending, oauth.clone());
        }
        match self.attempts.wait_after(&error, spending.endpoint.is_idempotent(), now) {
            Some(wait) => {
                if let Some(trace) = &self.trace {
                    trace.waits(wait);
                }
                let then = Box::new(State::Spend(spending));
                State::Waiting { since: now.elapsed, wait, then }
            }
            None => State::Failed(spending, error),
        }
    }

    /// Somebody else may have spent the token, and saved what it got, or be about to.
    fn refused(&mut self, spending: Spending, error: OAuthError, now: Time) -> Turn {
        let spent = spending.endpoint.refresh_token();
        let held = match self.session.store().load() {
            Ok(Some(held)) => held,
            Ok(None) => return failed(SessionError::NoTokens),
            Err(error) => return failed(SessionError::load(error)),
        };
        if held.tokens().refresh_token.as_ref() != Some(spent) {
            self.session.take_up(held, self.beginnings);
            return Turn::End(End::Found);
        }
        if let Some(left) = self.claimed_by_another(&held, now) {
            return self.pause(left.min(LOOK_AGAIN), State::Refused(spending, error), now);
        }
        let refused = Some((spent.clone(), error.clone()));
        self.session.with_memory(|memory| memory.refused = refused);
        self.release(&spending, now);
        failed(SessionError::Ended(error.into()))
    }

    fn fail(&mut self, spending: &Spending, error: Error, now: Time) -> Turn {
        self.release(spending, now);
        let hold = self.attempts.asked_to_wait(&error, now).unwrap_or_default();
        Turn::End(End::Failed(SessionError::NotRefreshed(Arc::new(error)), hold))
    }

    /// Lets others try. If that cannot be saved, the claim ends by itself.
    fn release(&self, spending: &Spending, now: Time) {
        let _ = self.session.store().save(&spending.claimed.release(now.date));
    }

    fn save(&mut self, now: Time) -> Turn {
        let unsaved = self.session.with_memory(|memory| memory.unsaved.clone());
        let Some(Unsaved { record, spent, .. }) = unsaved else {
            // The app was authorized anew.
            return Turn::Go(State::Look);
        };
        let store = self.session.store();
        match store.save(&record) {
            Ok(()) => return Turn::End(End::Renewed(record)),
            Err(SaveError::Conflict) => {}
            Err(SaveError::Failed(error)) => {
                let unsaved = Unsaved { record, spent, has_failed: true };
                self.session.keep(unsaved, self.beginnings);
                return failed(SessionError::save(error));
            }
        }
        match store.load() {
            // Somebody else has claimed the refresh token, which is spent: these are the tokens.
            Ok(Some(held)) if held.tokens().refresh_token.as_ref() == Some(&spent) => {
                let record = record.over(Some(&held), now.date);
                self.session.keep(Unsaved { record, spent, has_failed: false }, self.beginnings);
                self.pause(SAVE_AGAIN, State::Save, now)
            }
            // The app was authorized anew, elsewhere, or the session was given up.
            Ok(_) => {
                self.session.with_memory(|memory| memory.unsaved = None);
                Turn::Go(State::Look)
            }
            Err(error) => failed(SessionError::load(error)),
        }
    }

    /// Waits, if there is time for that.
    fn pause(&mut self, wait: Duration, then: State, now: Time) -> Turn {
        if wait >= self.attempts.time_left(now) {
            return Turn::End(End::GivenUp);
        }
        let then = Box::new(then);
        let state = State::Waiting { since: now.elapsed, wait, then };
        Turn::Step(RefreshStep::Wait(wait), state)
    }
}

fn failed(error: SessionError) -> Turn {
    Turn::End(End::Failed(error, Duration::ZERO))
}

impl Spending {
    /// What is to be saved. Without a new refresh token, the old one goes on (RFC 6749, section 6).
    fn earns(self, mut tokens: Tokens, now: Time) -> Unsaved {
        let spent = self.endpoint.refresh_token().clone();
        tokens.refresh_token.get_or_insert_with(|| RefreshToken::clone(&spent));
        let record = Record::new(Some(&self.claimed), tokens, now.date);
        Unsaved { record, spent, has_failed: false }
    }
}

impl Drop for Refresh {
    fn drop(&mut self) {
        if !self.is_over {
            self.session.abandon_refresh();
        }
    }
}

impl fmt::Debug for Refresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresh").field("session", &self.session).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
