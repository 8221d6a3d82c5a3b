use std::time::Duration;

use http::{Response, StatusCode};

use super::pacer::Place;
use super::{Pacer, Step};
use crate::endpoint::{Auth, Endpoint, operation};
use crate::error::{Applied, Error, Operation, SessionError, TransportError};
use crate::oauth::{Access, Session, TokenHistory};
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
///             // `Refresh` and `AwaitRefresh` come only where the credentials are a session.
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
    /// Kit has rejected the session's token.
    Rejected(Error),
    Done(Result<T, Error>),
    /// The call has handed out its result.
    Ended,
}

/// What a call waits for.
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
            Step::Wait(_) => {}
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
    /// Those of [`give_up`](Self::give_up); the text of [`Error::Input`] names the step.
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

    /// What came of the last request, as far as it is known.
    fn end(&mut self) -> Option<Result<E::Reply, Error>> {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Sent => Some(Err(self.untold(Duration::ZERO))),
            State::Waiting { error, .. } | State::Refreshing(error) => error.map(Err),
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
            match session.access(&mut self.history, &self.kit, &mut self.attempts, now) {
                Access::Token(token) => self.token = Some(token),
                Access::Wait(wait) => return self.pause(wait, Wants::Session, error, elapsed),
                Access::AwaitRefresh { refreshed, at_most } => {
                    let at_most = at_most.min(self.attempts.time_left(elapsed));
                    self.state = State::Refreshing(error);
                    return Step::AwaitRefresh { refreshed, at_most };
                }
                Access::Refresh(refresh) => {
                    self.state = State::Refreshing(error);
                    return Step::Refresh(refresh);
                }
                Access::Failed(failure) => {
                    return Step::Done(Err(self.session_error(failure, error)));
                }
                Access::WrongClock(error) => return Step::Done(Err(error)),
            }
        }
        let request = match self.kit.request_with(&self.endpoint, self.token.as_ref()) {
            Ok(request) => request,
            Err(error) => return Step::Done(Err(error)),
        };
        match self.place.as_mut().map_or(Ok(Duration::ZERO), |place| place.enter(now)) {
            Ok(Duration::ZERO) => {}
            Ok(wait) => return self.pause(wait, Wants::Room, error, elapsed),
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
            return Step::Done(Err(self.too_late(wants, error, Duration::ZERO)));
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
            self.place = None;
            return Step::Done(Err(self.too_late(wants, error, wait)));
        }
        if matches!(wants, Wants::Room) {
            self.trace.waits(wait);
        }
        self.state = State::Waiting { since: elapsed, wait, wants, error };
        Step::Wait(wait)
    }

    /// The error of a call that would wait beyond its timeout: the error of the attempt before, unless that
    /// was a 401 for which the call waited for a new access token.
    fn too_late(&self, wants: Wants, error: Option<Error>, wait: Duration) -> Error {
        match (wants, error) {
            (Wants::AnotherAttempt | Wants::Room, Some(error)) => error,
            (Wants::Session, Some(error)) if !is_unauthorized(&error) => error,
            (Wants::Session, error) => self.session_error(SessionError::Busy, error),
            (Wants::AnotherAttempt | Wants::Room, None) => {
                let operation = operation(&self.endpoint);
                self.attempts.error(Error::Paced { operation, wait, earlier: Applied::No })
            }
        }
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
            // What came of the request says more than that its end was told by another clock.
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
mod tests {
    use super::*;
    use crate::fixtures::{at, create, kit};
    use crate::time::Clock;
    use crate::webhooks::{DeleteWebhook, ListWebhooks};
    use crate::{Effect, ReplyProblem};

    /// What may come of an attempt.
    #[derive(Clone, Copy, Debug)]
    enum Outcome {
        Status(u16),
        Garbage,
        NotSent,
        CutOff,
        TimedOut,
        TooLarge,
        NotProcessed,
    }

    use Outcome::{CutOff, Garbage, NotProcessed, NotSent, Status, TimedOut, TooLarge};

    fn tell<E: Endpoint>(call: &mut Call<E>, outcome: Outcome, now: Time) {
        let status = |status| Response::builder().status(status);
        match outcome {
            Status(code) => call.received(status(code).body("{}").unwrap(), now),
            Garbage => call.received(status(201).body("<html>").unwrap(), now),
            NotSent => call.failed(TransportError::NotSent("refused".into()), now),
            NotProcessed => call.failed(TransportError::NotProcessed("GOAWAY".into()), now),
            CutOff => call.failed(TransportError::CutOff("reset".into()), now),
            TimedOut => call.failed(TransportError::TimedOut("slow".into()), now),
            TooLarge => call.failed(TransportError::TooLarge { limit: 1 }, now),
        }
    }

    /// What a call says after one attempt with this outcome: `Ok` if it is to be made again, else
    /// whether it may have been applied.
    fn after<E: Endpoint>(endpoint: &E, outcome: Outcome) -> Result<(), bool> {
        let kit = kit();
        let mut call = Call::new(&kit, endpoint, 1 << 63);
        assert!(matches!(call.next(at(0)), Step::Send(request) if request.method() == E::METHOD));
        tell(&mut call, outcome, at(1));
        let result = match call.next(at(1)) {
            Step::Done(Ok(_)) => panic!("{outcome:?} is a success"),
            Step::Done(Err(error)) => return Err(error.may_have_been_applied()),
            Step::Send(_) => Ok(()),
            Step::Wait(wait) => {
                assert!(matches!(call.next(at(1)), Step::Wait(same) if same == wait));
                assert!(matches!(call.next(at(100)), Step::Send(_)));
                Ok(())
            }
            step => panic!("{}", step.name()),
        };
        assert_eq!(call.attempts(), 2);
        result
    }

    const RETRY: Result<(), bool> = Ok(());
    const REFUSED: Result<(), bool> = Err(false);
    const PERHAPS: Result<(), bool> = Err(true);

    /// The table of [`Call`], cell by cell: what it says of a GET, a DELETE and a create.
    #[test]
    fn the_table_holds() {
        let refusals = (400..500).filter(|status| *status != 429).map(Status);
        let refusals = refusals.chain([301, 307, 308].map(Status)).map(|o| (o, [REFUSED; 3]));
        let overloads = [500, 502, 503, 504].map(|s| (Status(s), [RETRY, RETRY, PERHAPS]));
        let others =
            [300, 302, 303, 501, 505, 599].map(|s| (Status(s), [REFUSED, PERHAPS, PERHAPS]));
        let rows = [
            (NotSent, [RETRY, RETRY, RETRY]),
            (NotProcessed, [RETRY, RETRY, RETRY]),
            (Status(429), [RETRY, RETRY, RETRY]),
            (CutOff, [RETRY, RETRY, PERHAPS]),
            (TimedOut, [RETRY, RETRY, PERHAPS]),
            (TooLarge, [REFUSED, PERHAPS, PERHAPS]),
        ];
        for (outcome, [get, delete, create]) in
            rows.into_iter().chain(refusals).chain(overloads).chain(others)
        {
            assert_eq!(after(&ListWebhooks::new(), outcome), get, "GET, {outcome:?}");
            assert_eq!(
                after(&DeleteWebhook::new(9.into()), outcome),
                delete,
                "DELETE, {outcome:?}"
            );
            assert_eq!(after(&self::create(), outcome), create, "POST, {outcome:?}");
        }
        assert_eq!(after(&ListWebhooks::new(), Garbage), REFUSED);
        assert_eq!(after(&create(), Garbage), PERHAPS);
    }

    /// How long a call waits after a response with this header.
    fn wait_after(status: u16, retry_after: &str, timeout: Duration) -> Step<()> {
        let policy = RetryPolicy::default();
        let (kit, list) = (kit(), ListWebhooks::new());
        let mut call =
            Call::new(&kit, &list, u64::MAX / 2).with_retry(policy).with_timeout(timeout);
        call.next(at(0));
        let response = Response::builder().status(status).header("Retry-After", retry_after);
        call.received(response.body("").unwrap(), at(0));
        match call.next(at(0)) {
            Step::Wait(wait) => Step::Wait(wait),
            Step::Send(request) => Step::Send(request),
            Step::Done(_) => Step::Done(()),
            step => panic!("{step:?}"),
        }
    }

    /// Who waits for no `Retry-After`, in a test, does not wait for it in the pacer either.
    #[test]
    fn the_pacer_waits_no_longer_than_the_policy() {
        for (cap, waits) in [(0, 0), (5, 5), (600, 30)] {
            let policy = RetryPolicy::default()
                .with_retry_after_cap(Duration::from_secs(cap))
                .with_backoff(Duration::ZERO, Duration::ZERO);
            let (kit, list, pacer) = (kit(), ListWebhooks::new(), Pacer::new(120));
            let mut call = Call::new(&kit, &list, 7).with_retry(policy).with_pacer(&pacer);
            assert!(matches!(call.next(at(0)), Step::Send(_)));
            let response = Response::builder().status(429).header("Retry-After", "30");
            call.received(response.body("").unwrap(), at(0));
            let mut other = Call::new(&kit, &list, 7).with_pacer(&pacer);
            match other.next(at(0)) {
                Step::Send(_) => assert_eq!(waits, 0),
                Step::Wait(wait) => assert_eq!(wait.as_secs(), waits),
                step => panic!("{step:?}"),
            }
        }
    }

    /// What is known of a call says it, whenever it is given up.
    #[test]
    fn a_call_that_is_given_up_says_what_is_known() {
        let kit = kit();
        let mut call = Call::new(&kit, create(), 7);
        assert_eq!(call.give_up().unwrap_err().to_string(), "call: was given up");
        let mut call = Call::new(&kit, create(), 7);
        call.next(at(0));
        assert!(call.give_up().unwrap_err().may_have_been_applied());
        let mut call = Call::new(&kit, create(), 7);
        call.next(at(0));
        tell(&mut call, Status(429), at(1));
        assert!(matches!(call.next(at(1)), Step::Wait(_)));
        let error = call.give_up().unwrap_err();
        assert!(error.to_string().contains("429") && !error.may_have_been_applied(), "{error}");
        // What Kit has made is not thrown away.
        let mut call = Call::new(&kit, create(), 7);
        call.next(at(0));
        let body = br#"{"webhook": {"id": 9}}"#;
        call.received(Response::builder().status(201).body(body).unwrap(), at(1));
        assert_eq!(call.give_up().unwrap().id, 9.into());
    }

    /// The whole of what a user sees.
    #[test]
    fn a_failure_says_where_how_often_and_how_long() {
        let kit = kit();
        let mut call = Call::new(&kit, create(), 7)
            .with_retry(RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO));
        call.next(at(0));
        tell(&mut call, NotSent, at(1));
        call.next(at(1));
        tell(&mut call, CutOff, at(4));
        let Step::Done(Err(error)) = call.next(at(4)) else { panic!("it goes on") };
        assert_eq!(
            error.to_string(),
            "POST /v4/webhooks: cut off: reset; it may have been applied [api.kit.com, 2 attempts, 4.0 s]"
        );
    }

    #[test]
    fn retry_after_is_obeyed_up_to_its_cap() {
        let timeout = Duration::from_secs(120);
        for status in [429, 500, 502, 503, 504] {
            for (retry_after, seconds) in [
                ("7", 7),
                ("60", 60),
                ("61", 60),
                ("99999999999999999999", 60),
                ("Thu, 01 Jan 1970 00:00:09 GMT", 9),
                ("Mon, 01 Jan 2970 00:00:09 GMT", 60),
            ] {
                let wait = Duration::from_secs(seconds);
                let step = wait_after(status, retry_after, timeout);
                assert!(
                    matches!(step, Step::Wait(w) if w == wait),
                    "{status} {retry_after}: {step:?}"
                );
            }
            for now in ["0", "Thu, 01 Jan 1970 00:00:00 GMT"] {
                assert!(matches!(wait_after(status, now, timeout), Step::Send(_)), "{now}");
            }
            // Nonsense is as good as nothing: backoff, of which the random number says half.
            let step = wait_after(status, "soon", timeout);
            assert!(matches!(step, Step::Wait(w) if w < Duration::from_secs(1)), "{step:?}");
        }
    }

    #[test]
    fn a_wait_beyond_the_timeout_is_not_begun() {
        let timeout = Duration::from_secs(30);
        assert!(matches!(wait_after(429, "29", timeout), Step::Wait(_)));
        assert!(matches!(wait_after(429, "30", timeout), Step::Done(())));
    }

    #[test]
    fn who_oversleeps_the_timeout_does_not_send() {
        let (kit, create) = (kit(), create());
        let mut call = Call::new(&kit, &create, 1 << 63);
        call.next(at(50));
        assert_eq!(call.time_left(at(60)), Duration::from_secs(110));
        tell(&mut call, Status(429), at(60));
        assert!(matches!(call.next(at(60)), Step::Wait(_)));
        let step = call.next(at(170));
        assert!(
            matches!(&step, Step::Done(Err(Error::Api(error))) if error.status() == 429),
            "{step:?}"
        );
    }

    #[test]
    fn one_attempt_is_one_attempt() {
        let (kit, list) = (kit(), ListWebhooks::new());
        for outcome in [NotSent, CutOff, TimedOut, Status(429), Status(503)] {
            let mut call = Call::new(&kit, &list, 0).with_retry(RetryPolicy::none());
            assert!(matches!(call.next(at(0)), Step::Send(_)));
            tell(&mut call, outcome, at(0));
            assert!(matches!(call.next(at(0)), Step::Done(Err(_))));
        }
    }

    #[test]
    fn an_earlier_attempt_is_not_forgotten() {
        let (kit, delete) = (kit(), DeleteWebhook::new(9.into()));
        let mut call = Call::new(&kit, &delete, 0);
        call.next(at(0));
        tell(&mut call, CutOff, at(0));
        assert!(matches!(call.next(at(1)), Step::Send(_)));
        // That there is none may be the work of the first attempt.
        tell(&mut call, Status(404), at(1));
        let Step::Done(Err(error)) = call.next(at(1)) else { panic!("not done") };
        assert!(error.may_have_been_applied());
        assert_eq!(
            error.to_string(),
            "DELETE /v4/webhooks/9: 404 Not Found: {}; an earlier attempt may have been applied"
        );
    }

    #[test]
    fn bad_input_ends_at_once() {
        let kit = Kit::new(Credentials::api_key(""));
        let create = create();
        let mut call = Call::new(&kit, &create, 0);
        let Step::Done(Err(error)) = call.next(at(0)) else { panic!("not done") };
        assert_eq!(error.to_string(), "api_key: is empty");
        assert_eq!(call.attempts(), 0);
    }

    #[test]
    fn a_loop_that_is_wrong_gets_an_error_and_no_panic() {
        let (kit, create) = (kit(), create());
        let mut call = Call::new(&kit, &create, 0);
        // Told before anything was sent: nobody listens.
        tell(&mut call, Status(404), at(0));
        assert!(matches!(call.next(at(0)), Step::Send(_)));
        // Asked before it was told: the request may be anywhere.
        let Step::Done(Err(error)) = call.next(at(0)) else { panic!("not done") };
        assert!(error.may_have_been_applied(), "{error}");
        // Asked after the end.
        tell(&mut call, Status(404), at(0));
        let Step::Done(Err(error)) = call.next(at(0)) else { panic!("not done") };
        assert_eq!(error.to_string(), "call: has ended");
    }

    /// What an operation does to Kit decides, and not its method.
    #[test]
    fn the_effect_of_an_operation_decides_and_not_its_method() {
        struct Posts<const EFFECT: u8>;
        impl<const EFFECT: u8> Endpoint for Posts<EFFECT> {
            const METHOD: http::Method = http::Method::POST;
            const PATH: &'static str = "/v4/subscribers/filter";
            const EFFECT: Effect = match EFFECT {
                0 => Effect::Reads,
                1 => Effect::Repeatable,
                _ => Effect::Creates,
            };
            type Reply = ();
            fn reply(&self, reply: crate::wire::Reply<'_>) -> Result<(), crate::wire::ReadError> {
                reply.nothing()
            }
        }
        for (outcome, [reads, repeatable, creates]) in [
            (CutOff, [RETRY, RETRY, PERHAPS]),
            (Status(503), [RETRY, RETRY, PERHAPS]),
            (TooLarge, [REFUSED, PERHAPS, PERHAPS]),
            (Status(404), [REFUSED, REFUSED, REFUSED]),
        ] {
            assert_eq!(after(&Posts::<0>, outcome), reads, "{outcome:?}");
            assert_eq!(after(&Posts::<1>, outcome), repeatable, "{outcome:?}");
            assert_eq!(after(&Posts::<2>, outcome), creates, "{outcome:?}");
        }
    }

    #[test]
    fn a_call_can_own_its_endpoint_and_be_stored() {
        fn engine() -> Vec<Call<crate::webhooks::CreateWebhook>> {
            let kit = kit();
            vec![Call::new(&kit, create(), 0), Call::new(&kit, create(), 1)]
        }
        let mut calls = engine();
        assert!(calls.iter_mut().all(|call| matches!(call.next(at(0)), Step::Send(_))));
        assert_eq!(calls[0].endpoint(), &create());
    }

    #[test]
    fn a_call_ends_where_its_loop_cannot_go_on() {
        let mut call = Call::new(&kit(), create(), 0);
        let step = call.next(at(0));
        let error = call.refuse(&step).unwrap_err();
        assert!(error.may_have_been_applied(), "it may have been sent: {error}");
        let mut call = Call::new(&kit(), create(), 0);
        let error = call.refuse(&Step::Wait(Duration::ZERO)).unwrap_err();
        assert_eq!(error.to_string(), "call: the step Wait is not supported by this transport");
    }

    #[test]
    fn who_has_to_wait_for_the_pacer_beyond_the_timeout_is_told_for_how_long() {
        let (kit, pacer) = (kit(), Pacer::new(1));
        let timeout = Duration::from_secs(30);
        let call = || Call::new(&kit, create(), 0).with_pacer(&pacer).with_timeout(timeout);
        let mut first = call();
        assert!(matches!(first.next(at(0)), Step::Send(_)));
        tell(&mut first, Status(404), at(1));
        let Step::Done(Err(error)) = call().next(at(4)) else { panic!("not done") };
        assert!(matches!(&error, Error::Paced { wait, .. } if wait.as_secs() == 57), "{error}");
        assert!(!error.may_have_been_applied());
        assert_eq!(
            error.to_string(),
            "POST /v4/webhooks: not sent: the pacer leaves no room before the timeout; there may be some \
             in 57s"
        );
        // It has given its place back.
        assert!(
            matches!(call().with_timeout(Duration::from_secs(60)).next(at(5)), Step::Wait(w) if w.as_secs() == 56)
        );
    }

    #[test]
    fn another_clock_ends_the_call_with_an_error() {
        let mut call = Call::new(&kit(), create(), 0);
        call.next(at(0));
        tell(&mut call, NotSent, at(0));
        let other = Clock::new().time(Duration::ZERO, std::time::SystemTime::UNIX_EPOCH);
        let Step::Done(Err(error)) = call.next(other) else { panic!("not done") };
        assert!(error.to_string().starts_with("clock: "), "{error}");

        let pacer = Pacer::new(10);
        Call::new(&kit(), create(), 0).with_pacer(&pacer).next(at(0));
        let Step::Done(Err(error)) = Call::new(&kit(), create(), 0).with_pacer(&pacer).next(other)
        else {
            panic!("not done")
        };
        assert!(error.to_string().starts_with("clock: "), "{error}");
    }

    #[test]
    fn a_success_that_is_no_reply_is_told_apart() {
        let mut call = Call::new(&kit(), create(), 0);
        call.next(at(0));
        tell(&mut call, Garbage, at(0));
        let Step::Done(Err(Error::Reply(error))) = call.next(at(0)) else { panic!("not done") };
        assert_eq!(error.problem(), ReplyProblem::Html);
    }
}
