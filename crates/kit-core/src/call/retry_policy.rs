use std::num::NonZeroU32;
use std::time::Duration;

/// How often a [`Call`](crate::Call) tries, and how long it waits in between.
///
/// Which outcomes are worth another try is not up to a policy: see [`Call`](crate::Call). How long a call may
/// take in all, waits included, is not either: see [`Call::with_timeout`](crate::Call::with_timeout), and the
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

/// 5 attempts; backoff from 1 s up to 30 s; `Retry-After` up to 60 s, which is the window of Kit's
/// rate limits.
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
    /// One attempt: what fails is not sent again, but for one case. What Kit rejects (401) with the access
    /// token of a session is sent with the next token: Kit did not apply it.
    ///
    /// The call may still wait before its attempt, for a [`Pacer`](crate::Pacer) that has no room or for the
    /// refresh of a session. The timeout of the call bounds that, too.
    pub fn none() -> Self {
        Self::default().with_attempts(1)
    }

    /// At most so many requests, the first included. Zero counts as one.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = NonZeroU32::new(attempts).unwrap_or(NonZeroU32::MIN);
        self
    }

    /// Where the server does not say how long to wait: a random time up to `base` before the second
    /// attempt, up to twice that before the third, and so on, but never over `cap`.
    #[must_use]
    pub fn with_backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.base = base;
        self.cap = cap;
        self
    }

    /// The longest `Retry-After` that is obeyed; of a longer one, this much.
    #[must_use]
    pub fn with_retry_after_cap(mut self, cap: Duration) -> Self {
        self.retry_after_cap = cap;
        self
    }

    /// At most so many requests, the first included.
    pub fn attempts(&self) -> u32 {
        self.attempts.get()
    }

    /// Exponential backoff with full jitter, after so many attempts: `random` of 2⁶⁴ parts of the
    /// most.
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
