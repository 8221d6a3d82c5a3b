use std::collections::VecDeque;
use std::time::Duration;

const WINDOW: Duration = Duration::from_secs(60);

/// A rolling window of the requests that were let through.
#[derive(Debug, Default)]
pub(crate) struct RateLimit {
    passed: VecDeque<Duration>,
}

impl RateLimit {
    /// Lets a request through, if there were less than `budget` in the last 60 seconds. Whether it did.
    pub(crate) fn pass(&mut self, budget: usize, now: Duration) -> bool {
        self.forget(now);
        let has_room = self.passed.len() < budget;
        if has_room {
            self.passed.push_back(now);
        }
        has_room
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
        for (time, passes) in [
            (0, true),
            (30_500, true),
            (30_500, false),
            (59_999, false),
            (60_000, true),
            (60_000, false),
            (90_499, false),
            (90_500, true),
        ] {
            assert_eq!(limit.pass(2, at(time)), passes, "{time}");
        }
    }
}
