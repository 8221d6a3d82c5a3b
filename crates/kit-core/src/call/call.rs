use std::time::Duration;

use http::{Response, StatusCode};

use super::Step;
use crate::endpoint::{Auth, Endpoint, operation};
use crate::error::{Applied, Error, Operation, SessionError, TransportError};
use crate::oauth::{Access, Session, TokenHistory};
use crate::pacer::{Entry, Pacer, Place};
use crate::retry::{Attempts, RetryPolicy};
use crate::time::{Time, Timeline};
use crate::trace::Trace;
use crate::{Credentials, Kit};

/// One call from its first request to its result: decides when to send, when to wait and when to give up.
///
/// A call ends with the reply or with an error; [`Error::may_have_been_applied`] says whether Kit may have
/// applied the operation all the same. A create is never sent again unless Kit surely did not apply it.
///
/// | outcome | [`Effect::Reads`], [`Effect::Repeatable`] | [`Effect::Creates`] |
/// | --- | --- | --- |
/// | never sent (no connection, DNS, TLS), or not processed (HTTP/2) | retry | retry |
/// | 429 | retry after `Retry-After`, else backoff | the same: Kit did not apply it |
/// | 500, 502, 503, 504 | retry after `Retry-After`, else backoff | give up; it may have been applied |
/// | cut off, timed out | retry | give up; it may have been applied |
/// | 401 with a session | renew the access token, send again, at most twice | the same |
/// | anything else | give up | give up |
///
/// A call takes at most two minutes, waits included, unless [`with_timeout`](Self::with_timeout) sets another
/// time. A call can own its operation or borrow it, since a reference to an operation is an operation, too.
///
/// With the feature `tracing`, each call has a span `kit.call`. The span has the operation, the outcome, and
/// the last attempt, status, request id and wait. Each step is an event at the level `DEBUG`. The refresh of
/// a session has a span of its own; new tokens that cannot be saved are an event at the level `WARN`. All
/// spans and events have the target `kit_core::call`.
///
/// [`Effect::Reads`]: crate::Effect::Reads
/// [`Effect::Repeatable`]: crate::Effect::Repeatable
/// [`Effect::Creates`]: crate::Effect::Creates
///
/// # Examples
///
/// A transport is a loop over the steps of a call:
///
/// ```
/// use std::time::{Duration, Instant, SystemTime};
///
/// use kit_core::{Call, Endpoint, Error, Kit, Step, Time, TransportError};
///
/// fn send<E: Endpoint>(
///     kit: &Kit,
///     endpoint: &E,
///     random: u64,
///     exchange: impl Fn(
///         http::Request<Vec<u8>>,
///         Duration, // the timeout
///     ) -> Result<http::Response<Vec<u8>>, TransportError>,
/// ) -> Result<E::Reply, Error> {
///     let now = || Time::new(Instant::now(), SystemTime::now());
///     let mut call = Call::new(kit, endpoint, random);
///     loop {
///         match call.next(now()) {
///             Step::Send(request) => match exchange(request, call.time_left(now())) {
///                 Ok(response) => call.received(response, now()),
///                 Err(failure) => call.failed(failure, now()),
///             },
///             Step::Wait(duration) => std::thread::sleep(duration),
///             Step::Done(result) => return result,
///             // Others come only where the credentials are a session, or the pacer shares its budget.
///             step => return call.refuse(&step),
///         }
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Call<E: Endpoint> {
    kit: Kit,
    endpoint: E,
    attempts: Attempts,
    timeline: Timeline,
    place: Option<Place>,
    history: TokenHistory,
    /// The session's access token that was sent last.
    token: Option<Credentials>,
    state: State<E::Reply>,
    trace: Trace,
}

#[derive(Debug)]
enum State<T> {
    Ready,
    Sent,
    /// The call waits since `since`, for `wait`. The error is that of the attempt before.
    Waiting {
        since: Duration,
        wait: Duration,
        wants: Wants,
        error: Option<Error>,
    },
    /// The call has handed out a refresh, or waits for one. The error is that of the attempt before.
    Refreshing(Option<Error>),
    /// The call waits for a share of the budget. The error is that of the attempt before.
    Reserving(Option<Error>),
    /// Kit has rejected the session's token.
    Rejected(Error),
    Done(Result<T, Error>),
    /// The call has handed out its result.
    Ended,
}

/// The reason why a call waits.
#[derive(Clone, Copy, Debug)]
enum Wants {
    AnotherAttempt,
    Session,
    Room,
}

impl<E: Endpoint> Call<E> {
    /// Makes a call that has not begun. `random` is a random number, a new one for each call: calls that fail
    /// at the same time then wait for different times.
    pub fn new(kit: &Kit, endpoint: E, random: u64) -> Self {
        Self {
            kit: kit.clone(),
            attempts: Attempts::new(random),
            timeline: Timeline::default(),
            place: None,
            history: TokenHistory::default(),
            token: None,
            state: State::Ready,
            trace: Trace::new(&endpoint),
            endpoint,
        }
    }

    /// Sets how often the call is tried, and how long it waits in between. Default: [`RetryPolicy::default`].
    #[must_use]
    pub fn with_retry(mut self, policy: RetryPolicy) -> Self {
        self.attempts.set_policy(policy);
        self
    }

    /// Sets how long the call may take in all, from the first [`next`](Self::next) on, waits included.
    /// Default: 2 minutes. A wait that would go beyond the timeout is not begun: the call ends at once.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.attempts.set_timeout(timeout);
        self
    }

    /// Makes the call wait until `pacer` lets it send. Default: no pacer.
    #[must_use]
    pub fn with_pacer(mut self, pacer: &Pacer) -> Self {
        self.place = Some(Place::new(pacer.clone()));
        self
    }

    /// Returns what to do now. The timeout counts from the first `next` on. After [`Step::Done`] the call has
    /// ended.
    pub fn next(&mut self, now: Time) -> Step<Result<E::Reply, Error>> {
        let step = match self.timeline.since_first(now) {
            Ok(elapsed) => self.step(elapsed, now),
            Err(error) => Step::Done(Err(error)),
        };
        match &step {
            Step::Send(_) => self.trace.sends(self.attempts.made()),
            Step::Refresh(_) => self.trace.refreshes(),
            Step::AwaitRefresh { .. } => self.trace.waits_for_session(),
            Step::AwaitShare { .. } => self.trace.waits_for_budget(),
            Step::Wait(_) | Step::Reserve(_) => {}
            Step::Done(result) => self.trace.done(result),
        }
        step
    }

    fn step(&mut self, elapsed: Duration, now: Time) -> Step<Result<E::Reply, Error>> {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Ready => self.send(None, elapsed, now),
            State::Waiting { since, wait, wants, error } => {
                let left = wait.saturating_sub(elapsed.saturating_sub(since));
                if left.is_zero() {
                    self.go_on(wants, error, elapsed, now)
                } else {
                    self.state = State::Waiting { since, wait, wants, error };
                    Step::Wait(left)
                }
            }
            State::Refreshing(error) => self.go_on(Wants::Session, error, elapsed, now),
            State::Reserving(error) => self.go_on(Wants::Room, error, elapsed, now),
            State::Rejected(error) => self.go_on(Wants::AnotherAttempt, Some(error), elapsed, now),
            State::Done(result) => Step::Done(result),
            State::Sent => Step::Done(Err(self.untold(elapsed))),
            State::Ended => Step::Done(Err(Error::input("call", "has ended"))),
        }
    }

    /// The error for a request whose outcome the caller did not tell.
    fn untold(&self, elapsed: Duration) -> Error {
        let untold = TransportError::CutOff("nothing was told of its outcome".into());
        let error = self.kit.failure(&self.endpoint, untold);
        self.attempts.error(error).of_call(self.attempts.made(), elapsed)
    }

    /// Tells the call the response to its request. Does nothing unless the last step was [`Step::Send`].
    pub fn received(&mut self, response: Response<impl AsRef<[u8]>>, now: Time) {
        if matches!(self.state, State::Sent) {
            self.leave(now);
            self.trace.received(&response, &self.kit, &self.endpoint, self.token.as_ref());
            match self.kit.response_with(&self.endpoint, response, self.token.as_ref()) {
                Ok(reply) => self.state = State::Done(Ok(reply)),
                Err(error) => self.decide(error, now),
            }
        }
    }

    /// Tells the call that its request got no response. Does nothing unless the last step was [`Step::Send`].
    pub fn failed(&mut self, failure: TransportError, now: Time) {
        if matches!(self.state, State::Sent) {
            self.leave(now);
            self.trace.failed(&failure);
            self.decide(self.kit.failure(&self.endpoint, failure), now);
        }
    }

    /// Ends the call, for a loop that does not support a step: one that it does not know, or has no use for.
    ///
    /// # Errors
    ///
    /// The errors of [`give_up`](Self::give_up); the text of [`Error::Input`] names the step.
    pub fn refuse(&mut self, step: &Step<Result<E::Reply, Error>>) -> Result<E::Reply, Error> {
        let name = step.name();
        self.end().unwrap_or_else(|| {
            Err(Error::input("call", format!("the step {name} is not supported by this transport")))
        })
    }

    /// Ends the call before its end, for a caller that does not wait any longer. A result that is there is returned.
    ///
    /// # Errors
    ///
    /// The error of the last request, if one was sent, otherwise [`Error::Input`] for `call`.
    pub fn give_up(&mut self) -> Result<E::Reply, Error> {
        self.end().unwrap_or_else(|| Err(Error::input("call", "was given up")))
    }

    /// The outcome of the last request, as far as it is known.
    fn end(&mut self) -> Option<Result<E::Reply, Error>> {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Sent => Some(Err(self.untold(Duration::ZERO))),
            State::Waiting { error, .. } | State::Refreshing(error) | State::Reserving(error) => {
                error.map(Err)
            }
            State::Rejected(error) => Some(Err(error)),
            State::Done(result) => Some(result),
            State::Ready | State::Ended => None,
        }
    }

    /// How many requests the call has handed out in [`Step::Send`].
    pub fn attempts(&self) -> u32 {
        self.attempts.made()
    }

    /// How much of the timeout is left. The transport should give up an attempt after this time.
    pub fn time_left(&self, now: Time) -> Duration {
        // A copy: only `next` begins to count.
        let elapsed = self.timeline.clone().since_first(now).unwrap_or_default();
        self.attempts.time_left(elapsed)
    }

    /// Which operation it is, as errors name it.
    pub fn operation(&self) -> Operation {
        operation(&self.endpoint)
    }

    /// The operation itself.
    pub fn endpoint(&self) -> &E {
        &self.endpoint
    }

    /// Sends, once session and pacer allow it. `error` is that of the attempt before.
    fn send(
        &mut self,
        error: Option<Error>,
        elapsed: Duration,
        now: Time,
    ) -> Step<Result<E::Reply, Error>> {
        if let Some(session) = self.session() {
            match session.access(&mut self.history, now) {
                Ok(Access::Token(token)) => self.token = Some(token),
                Ok(Access::Wait(wait)) => return self.pause(wait, Wants::Session, error, elapsed),
                Ok(Access::AwaitRefresh { refreshed, at_most }) => {
                    let at_most = at_most.min(self.attempts.time_left(elapsed));
                    self.state = State::Refreshing(error);
                    return Step::AwaitRefresh { refreshed, at_most };
                }
                Ok(Access::Refresh(begun, purpose)) => {
                    let (kit, attempts) = (self.kit.clone(), self.attempts.of_refresh());
                    let refresh = session.refresh(begun, purpose, kit, attempts);
                    self.state = State::Refreshing(error);
                    return Step::Refresh(refresh);
                }
                Ok(Access::Failed(failure)) => {
                    return Step::Done(Err(self.session_error(failure, error)));
                }
                Err(error) => return Step::Done(Err(error)),
            }
        }
        let request = match self.kit.request_with(&self.endpoint, self.token.as_ref()) {
            Ok(request) => request,
            Err(error) => return Step::Done(Err(error)),
        };
        match self.place.as_mut().map_or(Ok(Entry::Go), |place| place.enter(now)) {
            Ok(Entry::Go) => {}
            Ok(Entry::Wait(wait)) => return self.pause(wait, Wants::Room, error, elapsed),
            Ok(Entry::Reserve(reserve)) => {
                self.state = State::Reserving(error);
                return Step::Reserve(reserve);
            }
            Ok(Entry::Await { change, at_most }) => {
                let at_most = at_most.min(self.attempts.time_left(elapsed));
                self.state = State::Reserving(error);
                return Step::AwaitShare { change, at_most };
            }
            Err(error) => return Step::Done(Err(error)),
        }
        self.attempts.count();
        self.state = State::Sent;
        Step::Send(request)
    }

    /// Sends after a wait, if there is time left.
    fn go_on(
        &mut self,
        wants: Wants,
        error: Option<Error>,
        elapsed: Duration,
        now: Time,
    ) -> Step<Result<E::Reply, Error>> {
        if self.attempts.time_left(elapsed).is_zero() {
            return self.too_late(wants, error, Duration::ZERO);
        }
        self.send(error, elapsed, now)
    }

    /// Waits, if there is time for that.
    fn pause(
        &mut self,
        wait: Duration,
        wants: Wants,
        error: Option<Error>,
        elapsed: Duration,
    ) -> Step<Result<E::Reply, Error>> {
        if wait >= self.attempts.time_left(elapsed) {
            return self.too_late(wants, error, wait);
        }
        if matches!(wants, Wants::Room) {
            self.trace.waits(wait);
        }
        self.state = State::Waiting { since: elapsed, wait, wants, error };
        Step::Wait(wait)
    }

    /// Ends a call that would wait beyond its timeout, with the error of the attempt before, unless that was a 401,
    /// for which the call waits for a new access token, or has got one. Its place is for others.
    fn too_late(
        &mut self,
        wants: Wants,
        error: Option<Error>,
        wait: Duration,
    ) -> Step<Result<E::Reply, Error>> {
        let place = self.place.take();
        Step::Done(Err(match (wants, error) {
            (Wants::AnotherAttempt, Some(error)) => error,
            (Wants::Session | Wants::Room, Some(error)) if !is_unauthorized(&error) => error,
            (Wants::Session, error) => self.session_error(SessionError::Busy, error),
            (Wants::Room, _) | (Wants::AnotherAttempt, None) => {
                let operation = operation(&self.endpoint);
                let store_failure = place.as_ref().and_then(Place::store_failure);
                let earlier = Applied::No;
                self.attempts.error(Error::Paced { operation, wait, store_failure, earlier })
            }
        }))
    }

    /// The session that the call needs.
    fn session(&self) -> Option<Session> {
        if E::AUTH == Auth::Nobody { None } else { self.kit.credentials().as_session().cloned() }
    }

    /// `before` is the error of the attempt before.
    fn session_error(&self, failure: SessionError, before: Option<Error>) -> Error {
        let operation = operation(&self.endpoint);
        let rejection = match before {
            Some(Error::Api(error)) if error.status() == StatusCode::UNAUTHORIZED => Some(error),
            _ => None,
        };
        let earlier = Applied::No;
        self.attempts.error(Error::Session { operation, failure, rejection, earlier })
    }

    fn leave(&mut self, now: Time) {
        if let Some(place) = &mut self.place {
            place.leave(now);
        }
    }

    /// Whether to try again, and when.
    fn decide(&mut self, error: Error, now: Time) {
        let elapsed = self.timeline.since_first(now);
        let took = elapsed.as_ref().copied().unwrap_or_default();
        let error = self.attempts.error(error).of_call(self.attempts.made(), took);
        let Ok(elapsed) = elapsed else {
            // The outcome of the request says more than that its end was told by another clock.
            self.state = State::Done(Err(error));
            return;
        };
        if let Error::Api(refusal) = &error {
            if let (Some(place), StatusCode::TOO_MANY_REQUESTS) =
                (&mut self.place, refusal.status())
            {
                let asked = self.attempts.asked_to_wait(&error, now.date);
                place.limited(asked, now);
            }
            if self.session().is_some()
                && refusal.status() == StatusCode::UNAUTHORIZED
                && self.history.reject()
            {
                self.state = State::Rejected(error);
                return;
            }
        }
        self.state = match self.attempts.wait_after(&error, E::EFFECT, elapsed, now.date) {
            Some(wait) => {
                self.trace.waits(wait);
                let (wants, error) = (Wants::AnotherAttempt, Some(error));
                State::Waiting { since: elapsed, wait, wants, error }
            }
            None => State::Done(Err(error)),
        };
    }
}

fn is_unauthorized(error: &Error) -> bool {
    matches!(error, Error::Api(error) if error.status() == StatusCode::UNAUTHORIZED)
}

#[cfg(test)]
#[path = "call_tests.rs"]
mod tests;
