use std::time::Duration;

use http::{Request, Response, StatusCode};

use crate::{Delivery, Endpoint, Error, Kit, RetryPolicy, Time, TransportError};

/// What a [`Call`] wants next.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "each is moved out once, where it is made")]
pub enum Step<T> {
    /// Send it; then tell [`Call::received`] or [`Call::failed`] what came of it.
    Send(Request<Vec<u8>>),
    /// Wait so long; then ask [`Call::next`] again.
    Wait(Duration),
    /// The call has ended.
    Done(T),
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
/// | anything else | give up | give up |
///
/// # Examples
///
/// A transport is a loop over it:
///
/// ```
/// use std::time::{Instant, SystemTime};
///
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
///             Step::Done(result) => return result,
///         }
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Call<'a, E: Endpoint + ?Sized> {
    kit: &'a Kit,
    endpoint: &'a E,
    policy: RetryPolicy,
    random: u64,
    /// When the call began: known from the first question on.
    start: Option<Duration>,
    attempts: u32,
    /// Whether an attempt before the current one may have reached Kit.
    earlier: Delivery,
    state: State<E::Reply>,
}

#[derive(Debug)]
enum State<T> {
    Ready,
    Sent,
    /// Since `since`, for `wait`, because of `error`.
    Waiting {
        since: Duration,
        wait: Duration,
        error: Error,
    },
    Done(Result<T, Error>),
    /// The result is given away.
    Ended,
}

impl<'a, E: Endpoint + ?Sized> Call<'a, E> {
    /// A call that has not begun. `random` is any random number: it spreads the waits of callers that
    /// fail at the same time.
    pub fn new(kit: &'a Kit, endpoint: &'a E, policy: RetryPolicy, random: u64) -> Self {
        Self {
            kit,
            endpoint,
            policy,
            random,
            start: None,
            attempts: 0,
            earlier: Delivery::NotSent,
            state: State::Ready,
        }
    }

    /// What to do now. The deadline counts from the first time that this is asked.
    pub fn next(&mut self, now: Time) -> Step<Result<E::Reply, Error>> {
        self.start.get_or_insert(now.elapsed);
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Ready => self.send(),
            State::Waiting { since, wait, error } => {
                let left = wait.saturating_sub(now.elapsed.saturating_sub(since));
                if !left.is_zero() {
                    self.state = State::Waiting { since, wait, error };
                    Step::Wait(left)
                } else if self.time_left(now).is_zero() {
                    Step::Done(Err(error))
                } else {
                    self.send()
                }
            }
            State::Done(result) => Step::Done(result),
            State::Sent => {
                let untold = TransportError::CutOff("nothing was told of its outcome".into());
                Step::Done(Err(self.error(self.kit.failure(self.endpoint, untold))))
            }
            State::Ended => Step::Done(Err(Error::input("call", "has ended"))),
        }
    }

    /// Tells that the request got this response.
    pub fn received(&mut self, response: Response<impl AsRef<[u8]>>, now: Time) {
        if matches!(self.state, State::Sent) {
            match self.kit.response(self.endpoint, response) {
                Ok(reply) => self.state = State::Done(Ok(reply)),
                Err(error) => self.decide(error, now),
            }
        }
    }

    /// Tells that the request got no response.
    pub fn failed(&mut self, failure: TransportError, now: Time) {
        if matches!(self.state, State::Sent) {
            self.decide(self.kit.failure(self.endpoint, failure), now);
        }
    }

    /// How many requests were sent.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// What is left until the deadline: an exchange should not take longer.
    pub fn time_left(&self, now: Time) -> Duration {
        let start = self.start.unwrap_or(now.elapsed);
        self.policy.deadline().saturating_sub(now.elapsed.saturating_sub(start))
    }

    fn send(&mut self) -> Step<Result<E::Reply, Error>> {
        match self.kit.request(self.endpoint) {
            Ok(request) => {
                self.attempts = self.attempts.saturating_add(1);
                self.state = State::Sent;
                Step::Send(request)
            }
            Err(error) => Step::Done(Err(error)),
        }
    }

    /// Whether to try again, and when.
    fn decide(&mut self, error: Error, now: Time) {
        let error = self.error(error);
        let wait = self.wait(&error, now).filter(|wait| *wait < self.time_left(now));
        self.state = match wait {
            Some(wait) => {
                if error.may_have_been_applied() {
                    self.earlier = Delivery::Unknown;
                }
                State::Waiting { since: now.elapsed, wait, error }
            }
            None => State::Done(Err(error)),
        };
    }

    /// How long to wait before the next attempt, if there is to be one.
    fn wait(&mut self, error: &Error, now: Time) -> Option<Duration> {
        if self.attempts >= self.policy.attempts() || !self.is_worth_retrying(error) {
            return None;
        }
        let asked = match error {
            Error::Api(error) => error.retry_after(),
            _ => None,
        };
        Some(if let Some(asked) = asked {
            self.policy.retry_after(asked.delay(now.date))
        } else {
            let random = self.draw();
            self.policy.backoff(self.attempts, random)
        })
    }

    fn is_worth_retrying(&self, error: &Error) -> bool {
        match error {
            Error::Api(error) => match error.status() {
                StatusCode::TOO_MANY_REQUESTS => true,
                StatusCode::INTERNAL_SERVER_ERROR
                | StatusCode::BAD_GATEWAY
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT => self.endpoint.is_idempotent(),
                _ => false,
            },
            Error::Transport { source, .. } => match source {
                TransportError::NotSent(_) => true,
                TransportError::TimedOut(_) | TransportError::CutOff(_) => {
                    self.endpoint.is_idempotent()
                }
                // It would be as large the next time.
                TransportError::TooLarge { .. } => false,
            },
            Error::Input { .. } | Error::Reply(_) => false,
        }
    }

    /// The error, with what is known of the attempts before it.
    fn error(&self, error: Error) -> Error {
        error.after(self.earlier)
    }

    /// The next of the numbers that follow from the caller's: `SplitMix64`, by Steele, Lea and Flood.
    fn draw(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
