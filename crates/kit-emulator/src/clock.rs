use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// A clock that can be moved.
#[derive(Debug)]
pub(crate) struct Clock {
    start: Instant,
    moved: Mutex<Duration>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { start: Instant::now(), moved: Mutex::default() }
    }

    /// The time since the start, with what it was moved by.
    pub(crate) fn now(&self) -> Duration {
        let moved = *self.moved.lock().unwrap_or_else(PoisonError::into_inner);
        self.start.elapsed().saturating_add(moved)
    }

    pub(crate) fn advance(&self, duration: Duration) {
        let mut moved = self.moved.lock().unwrap_or_else(PoisonError::into_inner);
        *moved = moved.saturating_add(duration);
    }
}
