use std::fmt;
use std::time::Duration;

use http::{Request, Response, StatusCode};

use super::pacer::Place;
use crate::call::Attempts;
use crate::call::Trace;
use crate::oauth::{Access, Asker, Refresh, Session, SessionError};
use crate::{
    Credentials, Delivery, Endpoint, Error, Kit, Pacer, RetryPolicy, Time, TransportError,
};

/// What a [`Call`] wants next.
#[expect(clippy::large_enum_variant, reason = "each is moved out once, where it is made")]
pub enum Step<T> {
    /// Send it; then tell [`Call::received`] or [`Call::failed`] what came of it.
    Send(Request<Vec<u8>>),
    /// Wait so long; then ask [`Call::next`] again.
    Wait(Duration),
    /// Run it, to its end even if the call is dropped meanwhile; then ask [`Call::next`] again, or
    /// already before its end. It comes only where the credentials are a [`Session`].
    Refresh(Box<Refresh>),
    /// The call has ended.
    Done(T),
}

/// Without the body and the headers of a request.
impl<T: fmt::Debug> fmt::Debug for Step<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(request) => write!(f, "Send({} {})", request.method(), request.uri()),
            Self::Wait(duration) => f.debug_tuple("Wait").field(duration).finish(),
            Self::Refresh(refresh) => f.debug_tuple("Refresh").field(refresh).finish(),
            Self::Done(result) => f.debug_tuple("Done").field(result).finish(),
        }
    }
}

/// One call up to its end: when to send, when to wait, when to give up.
///
/// It ends in one of three ways: done; refused, with a reason; or it may have been applied, which
/// [`Error::may_have_been_applied`] says. A create is never sent again unless Kit surely did not
/// apply it.
///
/// | outcome | idempotent (GET, PUT, DELETE) | create (POST) |
/// | --- | --- | --- |
/// | never sent (refused, DNS, TLS) | retry | retry |
/// | 429 | retry after `Retry-After`, else backoff | the same: Kit did not apply it |
/// | 500, 502, 503, 504 | retry after `Retry-After`, else backoff | give up; it may have been applied |
/// | cut off, timed out | retry | give up; it may have been applied |
/// | 401 with a session | refresh it once, send again | the same |
/// | anything else | give up | give up |
///
/// With the feature `tracing`, each call has a span `kit.call` with its operation and outcome, and with
/// the attempt, status, request id and wait that came last; each step is an event at the level `DEBUG`. The
/// refresh of a session is a span of its own. The target of all is `kit_core::call`.
///
/// # Examples
///
/// A transport is a loop over it:
///
/// ```
/// use std::time::{Instant, SystemTime};
///
/// # fn run(_: kit_core::oauth::Refresh) {}
/// use kit_core::{Call, Endpoint, Error, Kit, RetryPolicy, Step, Time, TransportError};
///
/// fn send<E: Endpoint>(
///     kit: &Kit,
///     endpoint: &E,
///     random: u64,
///     exchange: impl Fn(http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, TransportError>,
/// ) -> Result<E::Reply, Error> {
///     let start = Instant::now();
///     let now = || Time::new(start.elapsed(), SystemTime::now());
///     let mut call = Call::new(kit, endpoint, RetryPolicy::default(), random);
///     loop {
///         match call.next(now()) {
///             Step::Send(request) => match exchange(request) {
///                 Ok(response) => call.received(response, now()),
///                 Err(failure) => call.failed(failure, now()),
///             },
///             Step::Wait(duration) => std::thread::sleep(duration),
///             Step::Refresh(refresh) => run(*refresh), // only for a session: see `Refresh`
///             Step::Done(result) => return result,
///         }
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Call<'a, E: Endpoint + ?Sized> {
    kit: &'a Kit,
    endpoint: &'a E,
    attempts: Attempts,
    place: Option<Place>,
    asker: Asker,
    /// The session's access token that was sent last.
    token: Option<Credentials>,
    state: State<E::Reply>,
    trace: Trace,
}

#[derive(Debug)]
enum State<T> {
    Ready,
    Sent,
    /// Since `since`, for `wait`. The error is that of the attempt before.
    Waiting {
        since: Duration,
        wait: Duration,
        wants: Wants,
        error: Option<Error>,
    },
    /// A refresh was given away. The error is that of the attempt before.
    Refreshing(Option<Error>),
    /// Kit has refused the session's token.
    Refused(Error),
    Done(Result<T, Error>),
    /// The result is given away.
    Ended,
}

/// What a call waits for.
#[derive(Clone, Copy, Debug)]
enum Wants {
    AnotherAttempt,
    Session,
    Room,
}

impl<'a, E: Endpoint + ?Sized> Call<'a, E> {
    /// A call that has not begun. `random` is any random number: it spreads the waits of callers that
    /// fail at the same time.
    pub fn new(kit: &'a Kit, endpoint: &'a E, policy: RetryPolicy, random: u64) -> Self {
        Self {
            kit,
            endpoint,
            attempts: Attempts::new(policy, random),
            place: None,
            asker: Asker::default(),
            token: None,
            state: State::Ready,
            trace: Trace::new(endpoint),
        }
    }

    /// The same call, which waits until the pacer lets it send.
    #[must_use]
    pub fn with_pacer(mut self, pacer: &Pacer) -> Self {
        self.place = Some(Place::new(pacer.clone()));
        self
    }

    /// What to do now. The deadline counts from the first time that this is asked.
    pub fn next(&mut self, now: Time) -> Step<Result<E::Reply, Error>> {
        self.attempts.begin(now);
        let step = self.step(now);
        match &step {
            Step::Send(_) => self.trace.sends(self.attempts.made()),
            Step::Refresh(_) => self.trace.refreshes(),
            Step::Wait(_) => {}
            Step::Done(result) => self.trace.done(result),
        }
        step
    }

    fn step(&mut self, now: Time) -> Step<Result<E::Reply, Error>> {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Ready => self.send(None, now),
            State::Waiting { since, wait, wants, error } => {
                let left = wait.saturating_sub(now.elapsed.saturating_sub(since));
                if left.is_zero() {
                    self.go_on(wants, error, now)
                } else {
                    self.state = State::Waiting { since, wait, wants, error };
                    Step::Wait(left)
                }
            }
            State::Refreshing(error) => self.go_on(Wants::Session, error, now),
            State::Refused(error) => self.go_on(Wants::AnotherAttempt, Some(error), now),
            State::Done(result) => match self.renewal(now) {
                Some(refresh) => {
                    self.state = State::Done(result);
                    Step::Refresh(refresh)
                }
                None => Step::Done(result),
            },
            State::Sent => {
                let untold = TransportError::CutOff("nothing was told of its outcome".into());
                Step::Done(Err(self.attempts.error(self.kit.failure(self.endpoint, untold))))
            }
            State::Ended => Step::Done(Err(Error::input("call", "has ended"))),
        }
    }

    /// Tells that the request got this response.
    pub fn received(&mut self, response: Response<impl AsRef<[u8]>>, now: Time) {
        if matches!(self.state, State::Sent) {
            self.leave(now);
            self.trace.received(&response, self.kit, self.endpoint, self.token.as_ref());
            if let Some(session) = self.session()
                && response.status().is_success()
            {
                session.accept(&mut self.asker);
            }
            match self.kit.response_with(self.endpoint, response, self.token.as_ref()) {
                Ok(reply) => self.state = State::Done(Ok(reply)),
                Err(error) => self.decide(error, now),
            }
        }
    }

    /// Tells that the request got no response.
    pub fn failed(&mut self, failure: TransportError, now: Time) {
        if matches!(self.state, State::Sent) {
            self.leave(now);
            self.trace.failed(&failure);
            self.decide(self.kit.failure(self.endpoint, failure), now);
        }
    }

    /// How many requests were sent.
    pub fn attempts(&self) -> u32 {
        self.attempts.made()
    }

    /// What is left until the deadline: an exchange should not take longer.
    pub fn time_left(&self, now: Time) -> Duration {
        self.attempts.time_left(now)
    }

    /// Sends, once session and pacer allow it. `error` is that of the attempt before.
    fn send(&mut self, error: Option<Error>, now: Time) -> Step<Result<E::Reply, Error>> {
        if let Some(session) = self.session() {
            let was_waiting = self.asker.is_waiting();
            match session.access(&mut self.asker, self.kit, &mut self.attempts, now) {
                Access::Token(token) => self.token = Some(token),
                Access::Wait(wait) => {
                    if !was_waiting {
                        self.trace.waits_for_session();
                    }
                    return self.pause(wait, Wants::Session, error, now);
                }
                Access::Refresh(refresh) => {
                    self.state = State::Refreshing(error);
                    return Step::Refresh(refresh);
                }
                Access::Failed(failure) => {
                    return Step::Done(Err(match (failure, error) {
                        // What Kit said to the access token says more.
                        (SessionError::NoRefreshToken | SessionError::Refused, Some(error))
                            if is_unauthorized(&error) =>
                        {
                            error
                        }
                        (failure, _) => self.session_error(failure),
                    }));
                }
            }
        }
        let request = match self.kit.request_with(self.endpoint, self.token.as_ref()) {
            Ok(request) => request,
            Err(error) => return Step::Done(Err(error)),
        };
        if let Some(Err(wait)) = self.place.as_mut().map(|place| place.enter(now.elapsed)) {
            return self.pause(wait, Wants::Room, error, now);
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
        now: Time,
    ) -> Step<Result<E::Reply, Error>> {
        if self.time_left(now).is_zero() {
            return Step::Done(Err(self.too_late(wants, error)));
        }
        self.send(error, now)
    }

    /// Waits, if there is time for that.
    fn pause(
        &mut self,
        wait: Duration,
        wants: Wants,
        error: Option<Error>,
        now: Time,
    ) -> Step<Result<E::Reply, Error>> {
        if wait >= self.time_left(now) {
            self.place = None;
            return Step::Done(Err(self.too_late(wants, error)));
        }
        if matches!(wants, Wants::Room) {
            self.trace.waits(wait);
        }
        self.state = State::Waiting { since: now.elapsed, wait, wants, error };
        Step::Wait(wait)
    }

    /// How a call ends that waits beyond its deadline: by the error of the attempt before, unless that is
    /// what was about to be mended.
    fn too_late(&self, wants: Wants, error: Option<Error>) -> Error {
        match (wants, error) {
            (Wants::AnotherAttempt | Wants::Room, Some(error)) => error,
            (Wants::Session, Some(error)) if !is_unauthorized(&error) => error,
            (Wants::Session, _) => self.session_error(SessionError::Busy),
            (Wants::AnotherAttempt | Wants::Room, None) => {
                let full = "the rate limit leaves no room before the deadline";
                self.kit.failure(self.endpoint, TransportError::NotSent(full.into()))
            }
        }
    }

    /// The refresh of a token that does not last for long, once the call has its result.
    fn renewal(&mut self, now: Time) -> Option<Box<Refresh>> {
        self.session()?.renewal(&mut self.asker, self.kit, &mut self.attempts, now)
    }

    /// The session that the call needs.
    fn session(&self) -> Option<&'a Session> {
        self.kit.credentials().as_session().filter(|_| self.endpoint.is_authenticated())
    }

    fn session_error(&self, source: SessionError) -> Error {
        let earlier = Delivery::NotSent;
        let (method, path) = (E::METHOD, self.endpoint.path());
        self.attempts.error(Error::Session { method, path, source, earlier })
    }

    fn leave(&mut self, now: Time) {
        if let Some(place) = &mut self.place {
            place.leave(now.elapsed);
        }
    }

    /// Whether to try again, and when.
    fn decide(&mut self, error: Error, now: Time) {
        let error = self.attempts.error(error);
        if let Error::Api(refusal) = &error {
            if let (Some(place), StatusCode::TOO_MANY_REQUESTS) =
                (&mut self.place, refusal.status())
            {
                let asked = refusal.retry_after().map(|asked| asked.delay(now.date));
                place.limited(asked, now.elapsed);
            }
            if self.session().is_some()
                && refusal.status() == StatusCode::UNAUTHORIZED
                && self.asker.refuse()
            {
                self.state = State::Refused(error);
                return;
            }
        }
        self.state = match self.attempts.wait_after(&error, self.endpoint.is_idempotent(), now) {
            Some(wait) => {
                self.trace.waits(wait);
                let (wants, error) = (Wants::AnotherAttempt, Some(error));
                State::Waiting { since: now.elapsed, wait, wants, error }
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
    use std::time::SystemTime;

    use http::Method;

    use super::*;
    use crate::Credentials;
    use crate::fixtures::{create, kit};
    use crate::webhooks::{DeleteWebhook, ListWebhooks};

    fn at(seconds: u64) -> Time {
        Time::new(Duration::from_secs(seconds), SystemTime::UNIX_EPOCH)
    }

    /// What may come of an attempt.
    #[derive(Clone, Copy, Debug)]
    enum Outcome {
        Status(u16),
        Garbage,
        NotSent,
        CutOff,
        TimedOut,
        TooLarge,
    }

    use Outcome::{CutOff, Garbage, NotSent, Status, TimedOut, TooLarge};

    fn tell<E: Endpoint>(call: &mut Call<'_, E>, outcome: Outcome, now: Time) {
        let status = |status| Response::builder().status(status);
        match outcome {
            Status(code) => call.received(status(code).body("{}").unwrap(), now),
            Garbage => call.received(status(201).body("<html>").unwrap(), now),
            NotSent => call.failed(TransportError::NotSent("refused".into()), now),
            CutOff => call.failed(TransportError::CutOff("reset".into()), now),
            TimedOut => call.failed(TransportError::TimedOut("slow".into()), now),
            TooLarge => call.failed(TransportError::TooLarge { limit: 1 }, now),
        }
    }

    /// What a call says after one attempt with this outcome: `Ok` if it is to be made again, else
    /// whether it may have been applied.
    fn after<E: Endpoint>(endpoint: &E, outcome: Outcome) -> Result<(), bool> {
        let kit = kit();
        let mut call = Call::new(&kit, endpoint, RetryPolicy::default(), 1 << 63);
        assert!(matches!(call.next(at(0)), Step::Send(request) if request.method() == E::METHOD));
        tell(&mut call, outcome, at(1));
        let result = match call.next(at(1)) {
            Step::Done(Ok(_)) => panic!("{outcome:?} is a success"),
            Step::Done(Err(error)) => return Err(error.may_have_been_applied()),
            Step::Refresh(_) => panic!("there is no session"),
            Step::Send(_) => Ok(()),
            Step::Wait(wait) => {
                assert!(matches!(call.next(at(1)), Step::Wait(same) if same == wait));
                assert!(matches!(call.next(at(100)), Step::Send(_)));
                Ok(())
            }
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
    fn wait_after(status: u16, retry_after: &str, policy: RetryPolicy) -> Step<()> {
        let (kit, list) = (kit(), ListWebhooks::new());
        let mut call = Call::new(&kit, &list, policy, u64::MAX / 2);
        call.next(at(0));
        let response = Response::builder().status(status).header("Retry-After", retry_after);
        call.received(response.body("").unwrap(), at(0));
        match call.next(at(0)) {
            Step::Wait(wait) => Step::Wait(wait),
            Step::Send(request) => Step::Send(request),
            Step::Refresh(refresh) => Step::Refresh(refresh),
            Step::Done(_) => Step::Done(()),
        }
    }

    #[test]
    fn retry_after_is_obeyed_up_to_its_cap() {
        let policy = RetryPolicy::default();
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
                let step = wait_after(status, retry_after, policy);
                assert!(
                    matches!(step, Step::Wait(w) if w == wait),
                    "{status} {retry_after}: {step:?}"
                );
            }
            for now in ["0", "Thu, 01 Jan 1970 00:00:00 GMT"] {
                assert!(matches!(wait_after(status, now, policy), Step::Send(_)), "{now}");
            }
            // Nonsense is as good as nothing: backoff, of which the random number says half.
            let step = wait_after(status, "soon", policy);
            assert!(matches!(step, Step::Wait(w) if w < Duration::from_secs(1)), "{step:?}");
        }
    }

    #[test]
    fn a_wait_beyond_the_deadline_is_not_begun() {
        let policy = RetryPolicy::default().with_deadline(Duration::from_secs(30));
        assert!(matches!(wait_after(429, "29", policy), Step::Wait(_)));
        assert!(matches!(wait_after(429, "30", policy), Step::Done(())));
    }

    #[test]
    fn who_oversleeps_the_deadline_does_not_send() {
        let (kit, create) = (kit(), create());
        let mut call = Call::new(&kit, &create, RetryPolicy::default(), 1 << 63);
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
            let mut call = Call::new(&kit, &list, RetryPolicy::none(), 0);
            assert!(matches!(call.next(at(0)), Step::Send(_)));
            tell(&mut call, outcome, at(0));
            assert!(matches!(call.next(at(0)), Step::Done(Err(_))));
        }
    }

    #[test]
    fn an_earlier_attempt_is_not_forgotten() {
        let (kit, delete) = (kit(), DeleteWebhook::new(9.into()));
        let mut call = Call::new(&kit, &delete, RetryPolicy::default(), 0);
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
        let mut call = Call::new(&kit, &create, RetryPolicy::default(), 0);
        let Step::Done(Err(error)) = call.next(at(0)) else { panic!("not done") };
        assert_eq!(error.to_string(), "api_key: is empty");
        assert_eq!(call.attempts(), 0);
    }

    #[test]
    fn a_loop_that_is_wrong_gets_an_error_and_no_panic() {
        let (kit, create) = (kit(), create());
        let mut call = Call::new(&kit, &create, RetryPolicy::default(), 0);
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

    #[test]
    fn an_endpoint_that_is_idempotent_for_its_method_alone() {
        assert!(
            ListWebhooks::new().is_idempotent() && DeleteWebhook::new(9.into()).is_idempotent()
        );
        assert!(!create().is_idempotent() && !Method::POST.is_idempotent());
    }
}
