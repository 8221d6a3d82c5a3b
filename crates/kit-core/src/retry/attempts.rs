use std::time::Duration;

use http::StatusCode;

use super::RetryPolicy;
use crate::error::{Applied, Effect};
use crate::{Error, TransportError};

/// How long a call may take by default.
const TIMEOUT: Duration = Duration::from_secs(120);

/// The attempts at one operation: how many there were, since when, and whether there is to be another.
#[derive(Debug)]
pub(crate) struct Attempts {
    policy: RetryPolicy,
    /// How long all attempts together may take, waits included.
    timeout: Duration,
    random: u64,
    made: u32,
    /// Whether an attempt before the current one may have been applied.
    earlier: Applied,
}

impl Attempts {
    pub(crate) fn new(random: u64) -> Self {
        let policy = RetryPolicy::default();
        Self { policy, timeout: TIMEOUT, random, made: 0, earlier: Applied::No }
    }

    pub(crate) fn set_policy(&mut self, policy: RetryPolicy) {
        self.policy = policy;
    }

    pub(crate) fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
    }

    /// Counts one more attempt.
    pub(crate) fn count(&mut self) {
        self.made = self.made.saturating_add(1);
    }

    pub(crate) fn made(&self) -> u32 {
        self.made
    }

    /// The attempts of a session's refresh: as many as those of the call, but 5 at least, and with the
    /// default timeout, since other calls wait for the refresh, too.
    pub(crate) fn of_refresh(&mut self) -> Self {
        let default = RetryPolicy::default();
        let attempts = self.policy.attempts().max(default.attempts());
        Self { policy: self.policy.with_attempts(attempts), ..Self::new(self.draw()) }
    }

    /// The rest of the timeout when `elapsed` has passed.
    pub(crate) fn time_left(&self, elapsed: Duration) -> Duration {
        self.timeout.saturating_sub(elapsed)
    }

    /// The error, with what is known of the attempts before it.
    pub(crate) fn error(&self, error: Error) -> Error {
        error.after(self.earlier)
    }

    /// How long to wait after this error until the next attempt, if there is to be one.
    pub(crate) fn wait_after(
        &mut self,
        error: &Error,
        effect: Effect,
        elapsed: Duration,
        date: std::time::SystemTime,
    ) -> Option<Duration> {
        if self.made >= self.policy.attempts() || !is_worth_retrying(error, effect) {
            return None;
        }
        let wait = self.asked_to_wait(error, date).unwrap_or_else(|| {
            let random = self.draw();
            self.policy.backoff(self.made, random)
        });
        (wait < self.time_left(elapsed)).then(|| {
            if error.may_have_been_applied() {
                self.earlier = Applied::Perhaps;
            }
            wait
        })
    }

    /// How long Kit asks to wait, up to the policy's limit for `Retry-After`.
    pub(crate) fn asked_to_wait(
        &self,
        error: &Error,
        date: std::time::SystemTime,
    ) -> Option<Duration> {
        match error {
            Error::Api(error) => error.retry_after(),
            _ => None,
        }
        .map(|asked| self.policy.retry_after(asked.delay(date)))
    }

    /// The next random number, from the caller's as the seed: `SplitMix64`, by Steele, Lea and Flood.
    pub(crate) fn draw(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

fn is_worth_retrying(error: &Error, effect: Effect) -> bool {
    match error {
        Error::Api(error) => match error.status() {
            StatusCode::TOO_MANY_REQUESTS => true,
            StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => effect.is_repeatable(),
            _ => false,
        },
        Error::Transport { failure, .. } => match failure {
            TransportError::NotSent(_) | TransportError::NotProcessed(_) => true,
            TransportError::TimedOut(_) | TransportError::CutOff(_) => effect.is_repeatable(),
            // The response would be as large the next time.
            TransportError::TooLarge { .. } => false,
        },
        Error::Input { .. } | Error::Reply(_) | Error::Paced { .. } | Error::Session { .. } => {
            false
        }
    }
}
