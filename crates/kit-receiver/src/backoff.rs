use std::time::Duration;

use kit_core::deliveries::AfterFailure;

/// So that the sum with the time now is in range.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The waits of events that were not handled, and their end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    pub(crate) first: Duration,
    pub(crate) longest: Duration,
    pub(crate) max_attempts: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(60 * 60),
            max_attempts: 25,
        }
    }
}

impl Backoff {
    /// After so many attempts. `random` is in `0.0..1.0`.
    pub(crate) fn after(self, attempts: u32, random: f64) -> AfterFailure {
        if attempts >= self.max_attempts {
            return AfterFailure::SetAside;
        }
        let factor = 2_u32.saturating_pow(attempts.saturating_sub(1));
        let wait = self.first.saturating_mul(factor).min(self.longest).min(LONGEST);
        // Those that failed together do not come back together.
        AfterFailure::Again(wait.mul_f64(0.5 + random / 2.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_the_longest_and_end() {
        let backoff = Backoff::default();
        let waits: Vec<_> = (1..26).map(|attempts| backoff.after(attempts, 1.0)).collect();
        for (number, wait) in waits.iter().enumerate() {
            let expected = match number {
                24 => AfterFailure::SetAside,
                12.. => AfterFailure::Again(Duration::from_secs(3600)),
                _ => AfterFailure::Again(Duration::from_secs(1 << number)),
            };
            assert_eq!(*wait, expected, "{number}");
        }
        assert_eq!(backoff.after(3, 0.0), AfterFailure::Again(Duration::from_secs(2)));
        let extreme = Backoff { first: Duration::MAX, longest: Duration::MAX, max_attempts: 0 };
        assert_eq!(extreme.after(0, 0.5), AfterFailure::SetAside);
        let extreme = Backoff { max_attempts: u32::MAX, ..extreme };
        assert_eq!(extreme.after(u32::MAX - 1, 1.0), AfterFailure::Again(LONGEST));
    }
}
