use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::Error;

/// The current time by two clocks. The caller reads the clocks: this crate reads none.
///
/// The first clock never jumps, and measures waits. The second tells the date, which is compared with the
/// dates that a server sends.
///
/// The first clock is usually that of the process, [`Instant`], so that all calls of a process can share a
/// [`Pacer`](crate::Pacer) and a [`Session`](crate::oauth::Session). Where there is no such clock
/// (WebAssembly in a browser, a game's own time), use a [`Clock`]. A call, a pacer and a session must always
/// be given times of the same clock: with a time of another clock, a call fails with an [`Error::Input`] for
/// `clock`.
///
/// # Examples
///
/// ```
/// use std::time::{Instant, SystemTime};
///
/// use kit_core::Time;
///
/// let now = Time::new(Instant::now(), SystemTime::now());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    moment: Moment,
    pub(crate) date: SystemTime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    OfProcess(Instant),
    Of { clock: u64, elapsed: Duration },
}

impl Time {
    /// The time by the clock of the process (`instant`) and by the clock of the system (`date`).
    pub fn new(instant: Instant, date: SystemTime) -> Self {
        Self { moment: Moment::OfProcess(instant), date }
    }
}

/// A clock for programs that cannot use [`Instant`]. Each new clock differs from all others; clones are the
/// same clock.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
///
/// use kit_core::Clock;
///
/// let clock = Clock::new();
/// // In a browser: `performance.now()` and `Date.now()`, in milliseconds.
/// let (performance_now, date_now) = (1_500, 1_700_000_000_000);
/// let now = clock.time(
///     Duration::from_millis(performance_now),
///     UNIX_EPOCH + Duration::from_millis(date_now),
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    number: u64,
}

impl Clock {
    /// Makes a new clock, which differs from all others.
    #[expect(clippy::new_without_default, reason = "each is another")]
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self { number: NEXT.fetch_add(1, Ordering::Relaxed) }
    }

    /// The time by this clock and by the clock of the system. `elapsed` is the time since a moment that you
    /// choose once for this clock, and must never go back; `date` is the system's time.
    pub fn time(&self, elapsed: Duration, date: SystemTime) -> Time {
        Time { moment: Moment::Of { clock: self.number, elapsed }, date }
    }
}

/// Measures the time since the first moment that it was given, all by one clock.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Timeline {
    first: Option<Moment>,
}

impl Timeline {
    /// How long after the first moment `time` is. Zero where `time` is before it: callers read the clock
    /// before they get here, and may overtake each other.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] where the clocks differ.
    pub(crate) fn since_first(&mut self, time: Time) -> Result<Duration, Error> {
        match (*self.first.get_or_insert(time.moment), time.moment) {
            (Moment::OfProcess(first), Moment::OfProcess(moment)) => {
                Ok(moment.saturating_duration_since(first))
            }
            (Moment::Of { clock: first, elapsed: start }, Moment::Of { clock, elapsed })
                if first == clock =>
            {
                Ok(elapsed.saturating_sub(start))
            }
            _ => Err(Error::input(
                "clock",
                "is not the one that the call, its pacer or its session were used with before",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_measured_from_the_first() {
        let clock = Clock::new();
        let at = |seconds| clock.time(Duration::from_secs(seconds), SystemTime::UNIX_EPOCH);
        let mut timeline = Timeline::default();
        for (moment, since) in [(100, 0), (107, 7), (99, 0)] {
            assert_eq!(timeline.since_first(at(moment)).unwrap().as_secs(), since);
        }
    }

    #[test]
    fn another_clock_is_noticed() {
        let [one, other] = [Clock::new(), Clock::new()];
        let at = |clock: &Clock| clock.time(Duration::ZERO, SystemTime::UNIX_EPOCH);
        let mut timeline = Timeline::default();
        timeline.since_first(at(&one)).unwrap();
        let error = timeline.since_first(at(&other)).unwrap_err();
        assert!(error.to_string().starts_with("clock: is not the one"), "{error}");
        timeline.since_first(at(&one.clone())).unwrap();
    }
}
