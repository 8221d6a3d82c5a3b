use std::collections::VecDeque;
use std::time::Duration;

const WINDOW: Duration = Duration::from_secs(60);

/// A rolling window of the requests that were let through.
#[derive(Debug, Default)]
pub(crate) struct RateLimit {
    passed: VecDeque<Duration>,
}

impl RateLimit {
    /// Lets a request through, if there were less than `budget` in the last 60 seconds. Otherwise: how
    /// long until there is room for one, in whole seconds.
    pub(crate) fn pass(&mut self, budget: usize, now: Duration) -> Result<(), u64> {
        self.forget(now);
        match self.passed.front() {
            Some(oldest) if self.passed.len() >= budget => {
                let wait = oldest.saturating_add(WINDOW).saturating_sub(now);
                Err(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
            }
            _ => {
                self.passed.push_back(now);
                Ok(())
            }
        }
    }

    /// Whether none was let through in the last 60 seconds.
    pub(crate) fn is_idle(&mut self, now: Duration) -> bool {
        self.forget(now);
        self.passed.is_empty()
    }

    fn forget(&mut self, now: Duration) {
        while self.passed.front().is_some_and(|passed| passed.saturating_add(WINDOW) <= now) {
            self.passed.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_rolls() {
        let at = Duration::from_millis;
        let mut limit = RateLimit::default();
        assert_eq!(limit.pass(2, at(0)), Ok(()));
        assert_eq!(limit.pass(2, at(30_500)), Ok(()));
        assert_eq!(limit.pass(2, at(30_500)), Err(30));
        assert_eq!(limit.pass(2, at(59_999)), Err(1));
        assert_eq!(limit.pass(2, at(60_000)), Ok(()));
        assert_eq!(limit.pass(2, at(60_000)), Err(31));
        assert_eq!(limit.pass(2, at(90_500)), Ok(()));
    }
}
