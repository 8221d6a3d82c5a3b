use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A clock that can be moved.
#[derive(Debug)]
pub(crate) struct Clock {
    start: Instant,
    date: SystemTime,
    moved: Duration,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { start: Instant::now(), date: SystemTime::now(), moved: Duration::ZERO }
    }

    /// The time since the start, with what it was moved by.
    pub(crate) fn now(&self) -> Duration {
        self.start.elapsed().saturating_add(self.moved)
    }

    /// The time of day, with what it was moved by, in seconds since 1970.
    pub(crate) fn unix_seconds(&self) -> u64 {
        let start = self.date.duration_since(UNIX_EPOCH).unwrap_or_default();
        start.saturating_add(self.now()).as_secs()
    }

    pub(crate) fn advance(&mut self, duration: Duration) {
        self.moved = self.moved.saturating_add(duration);
    }
}
