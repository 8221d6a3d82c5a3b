use std::num::NonZeroU32;
use std::time::Duration;

/// How often a [`Call`](crate::Call) is tried, and how long it waits in between.
///
/// The policy does not decide which failures are tried again: see the table of [`Call`](crate::Call). Nor
/// does it limit how long a call takes in all: see [`Call::with_timeout`](crate::Call::with_timeout), and the
/// `timeout` of a client.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use kit_core::RetryPolicy;
///
/// let patient = RetryPolicy::default().with_attempts(10).with_retry_after_cap(Duration::from_secs(300));
/// let once = RetryPolicy::none();
/// assert_eq!(once.attempts(), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RetryPolicy {
    attempts: NonZeroU32,
    base: Duration,
    cap: Duration,
    retry_after_cap: Duration,
}

/// At most 5 attempts; backoff with a base of 1 s and a cap of 30 s; `Retry-After` up to 60 s, the time that
/// Kit's rate limits count over.
impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: NonZeroU32::MIN.saturating_add(4),
            base: Duration::from_secs(1),
            cap: Duration::from_secs(30),
            retry_after_cap: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// One attempt: a request that fails is not sent again, with one exception. Where Kit rejects the access
    /// token of a session (401), the request is sent again with a new access token.
    ///
    /// The call may still wait before its attempt, for a [`Pacer`](crate::Pacer) or for the refresh of a
    /// session, up to the timeout of the call.
    pub fn none() -> Self {
        Self::default().with_attempts(1)
    }

    /// Sets how many requests a call sends at most, the first included. 0 counts as 1. Default: 5. A request
    /// that is sent again with a new access token after a 401 counts, but is sent even beyond this number.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = NonZeroU32::new(attempts).unwrap_or(NonZeroU32::MIN);
        self
    }

    /// Sets how long a call waits where the server sends no `Retry-After`: a random time up to `base` before
    /// the second attempt, up to twice `base` before the third, up to four times before the fourth, and so
    /// on, but never more than `cap`. Default: 1 s and 30 s.
    #[must_use]
    pub fn with_backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.base = base;
        self.cap = cap;
        self
    }

    /// Sets how long a call waits for a `Retry-After` at most: where the server asks for longer, the call
    /// waits for `cap`. Default: 60 s.
    #[must_use]
    pub fn with_retry_after_cap(mut self, cap: Duration) -> Self {
        self.retry_after_cap = cap;
        self
    }

    /// How many requests a call sends at most, the first included: see
    /// [`with_attempts`](Self::with_attempts).
    pub fn attempts(&self) -> u32 {
        self.attempts.get()
    }

    /// Exponential backoff with full jitter, after `attempts` attempts: `random` / 2⁶⁴ of the longest wait.
    pub(crate) fn backoff(&self, attempts: u32, random: u64) -> Duration {
        let factor = 1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
        let most = self.base.saturating_mul(factor).min(self.cap).as_nanos();
        // The product of two numbers below 2⁶⁴ fits; what does not is years.
        let most = u128::from(u64::try_from(most).unwrap_or(u64::MAX));
        let nanoseconds = (most * u128::from(random)) >> 64;
        Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
    }

    pub(crate) fn retry_after(&self, asked: Duration) -> Duration {
        asked.min(self.retry_after_cap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_up_to_its_cap() {
        let policy = RetryPolicy::default();
        let most = |attempts| policy.backoff(attempts, u64::MAX).as_millis();
        // One nanosecond is missing to each: the random number is below 2⁶⁴.
        let seconds = [1, 2, 3, 4, 5, 6, 7, u32::MAX].map(most).map(|ms| (ms + 1) / 1000);
        assert_eq!(seconds, [1, 2, 4, 8, 16, 30, 30, 30]);
    }

    #[test]
    fn jitter_is_of_all_of_it() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.backoff(3, 0), Duration::ZERO);
        assert_eq!(policy.backoff(3, 1 << 63), Duration::from_secs(2));
    }

    #[test]
    fn absurd_policies_are_no_panic() {
        let policy = RetryPolicy::none().with_backoff(Duration::MAX, Duration::MAX);
        assert!(policy.backoff(u32::MAX, u64::MAX) > Duration::from_secs(1_000_000_000));
        assert_eq!(RetryPolicy::default().with_attempts(0).attempts(), 1);
    }
}
