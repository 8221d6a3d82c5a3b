use std::time::Duration;

use http::StatusCode;

use crate::{Delivery, Error, RetryPolicy, Time, TransportError};

/// The attempts at one operation: how many there were, since when, and whether there is to be another.
#[derive(Debug)]
pub(crate) struct Attempts {
    policy: RetryPolicy,
    random: u64,
    /// When it began.
    start: Option<Duration>,
    made: u32,
    /// Whether an attempt before the current one may have reached Kit.
    earlier: Delivery,
}

impl Attempts {
    pub(crate) fn new(policy: RetryPolicy, random: u64) -> Self {
        Self { policy, random, start: None, made: 0, earlier: Delivery::NotSent }
    }

    /// The deadline counts from the first time that this is called.
    pub(crate) fn begin(&mut self, now: Time) {
        self.start.get_or_insert(now.elapsed);
    }

    /// There is one more.
    pub(crate) fn count(&mut self) {
        self.made = self.made.saturating_add(1);
    }

    pub(crate) fn made(&self) -> u32 {
        self.made
    }

    /// For the refresh of a session: as eager as these, but of its own patience, since others wait for it,
    /// too.
    pub(crate) fn of_refresh(&mut self) -> Self {
        let default = RetryPolicy::default();
        let policy = self.policy.with_deadline(default.deadline());
        let attempts = self.policy.attempts().max(default.attempts());
        Self::new(policy.with_attempts(attempts), self.draw())
    }

    /// What is left until the deadline.
    pub(crate) fn time_left(&self, now: Time) -> Duration {
        let start = self.start.unwrap_or(now.elapsed);
        self.policy.deadline().saturating_sub(now.elapsed.saturating_sub(start))
    }

    /// The error, with what is known of the attempts before it.
    pub(crate) fn error(&self, error: Error) -> Error {
        error.after(self.earlier)
    }

    /// How long to wait after this error until the next attempt, if there is to be one.
    pub(crate) fn wait_after(
        &mut self,
        error: &Error,
        is_idempotent: bool,
        now: Time,
    ) -> Option<Duration> {
        if self.made >= self.policy.attempts() || !is_worth_retrying(error, is_idempotent) {
            return None;
        }
        let wait = self.asked_to_wait(error, now).unwrap_or_else(|| {
            let random = self.draw();
            self.policy.backoff(self.made, random)
        });
        (wait < self.time_left(now)).then(|| {
            if error.may_have_been_applied() {
                self.earlier = Delivery::Unknown;
            }
            wait
        })
    }

    /// How long Kit asks to wait, as far as that is obeyed.
    pub(crate) fn asked_to_wait(&self, error: &Error, now: Time) -> Option<Duration> {
        match error {
            Error::Api(error) => error.retry_after(),
            _ => None,
        }
        .map(|asked| self.policy.retry_after(asked.delay(now.date)))
    }

    /// The next of the numbers that follow from the caller's: `SplitMix64`, by Steele, Lea and Flood.
    pub(crate) fn draw(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

fn is_worth_retrying(error: &Error, is_idempotent: bool) -> bool {
    match error {
        Error::Api(error) => match error.status() {
            StatusCode::TOO_MANY_REQUESTS => true,
            StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => is_idempotent,
            _ => false,
        },
        Error::Transport { source, .. } => match source {
            TransportError::NotSent(_) => true,
            TransportError::TimedOut(_) | TransportError::CutOff(_) => is_idempotent,
            // It would be as large the next time.
            TransportError::TooLarge { .. } => false,
        },
        Error::Input { .. } | Error::Reply(_) | Error::Session { .. } => false,
    }
}
