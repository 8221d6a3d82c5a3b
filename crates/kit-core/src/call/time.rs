use std::time::{Duration, SystemTime};

/// What the time is, by two clocks: this crate reads none.
///
/// Waits and windows are measured by the first, which never jumps; dates that a server names are
/// compared with the second.
///
/// # Examples
///
/// ```
/// use std::time::{Instant, SystemTime};
///
/// use kit_core::Time;
///
/// let start = Instant::now();
/// let now = Time::new(start.elapsed(), SystemTime::now());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    pub(crate) elapsed: Duration,
    pub(crate) date: SystemTime,
}

impl Time {
    /// `elapsed` since any moment that stays the same and by a clock that never goes back; `date` by
    /// the system's clock.
    pub fn new(elapsed: Duration, date: SystemTime) -> Self {
        Self { elapsed, date }
    }
}
