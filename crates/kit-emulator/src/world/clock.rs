use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A clock that runs by itself, can be moved forward, and can be made to run faster.
#[derive(Debug)]
pub(crate) struct Clock {
    /// The time that the clock showed when its speed was set.
    base: Duration,
    base_at: Instant,
    speed: u32,
    date: SystemTime,
}

impl Clock {
    pub(crate) fn new() -> Self {
        let (base, speed) = (Duration::ZERO, 1);
        Self { base, base_at: Instant::now(), speed, date: SystemTime::now() }
    }

    /// The time since the start, with what it was moved by.
    pub(crate) fn now(&self) -> Duration {
        self.base.saturating_add(self.base_at.elapsed().saturating_mul(self.speed))
    }

    /// The time of day, with what it was moved by, in seconds since 1970.
    pub(crate) fn unix_seconds(&self) -> u64 {
        self.unix_seconds_at(self.now())
    }

    /// The time of day, as Kit writes it.
    pub(crate) fn time(&self) -> String {
        super::time::text(self.unix_seconds())
    }

    /// The time of day when the clock stands, or stood, at `now`.
    pub(crate) fn unix_seconds_at(&self, now: Duration) -> u64 {
        let start = self.date.duration_since(UNIX_EPOCH).unwrap_or_default();
        start.saturating_add(now).as_secs()
    }

    /// The time of the clock when it is this time of day, in seconds since 1970.
    pub(crate) fn at_unix_seconds(&self, seconds: i64) -> Duration {
        let start = self.date.duration_since(UNIX_EPOCH).unwrap_or_default();
        Duration::from_secs(u64::try_from(seconds).unwrap_or(0)).saturating_sub(start)
    }

    pub(crate) fn advance(&mut self, duration: Duration) {
        self.base = self.base.saturating_add(duration);
    }

    /// Moves it forward, up to a time that it may have passed already.
    pub(crate) fn advance_to(&mut self, time: Duration) {
        self.advance(time.saturating_sub(self.now()));
    }

    /// How many seconds pass on it in one second. 0 stops it.
    pub(crate) fn set_speed(&mut self, speed: u32) {
        (self.base, self.base_at) = (self.now(), Instant::now());
        self.speed = speed;
    }

    /// How many seconds pass on it in one second.
    pub(crate) fn speed(&self) -> u32 {
        self.speed
    }

    /// How long it takes until it stands there, if it runs.
    pub(crate) fn real_time_until(&self, time: Duration) -> Option<Duration> {
        time.saturating_sub(self.now()).checked_div(self.speed)
    }
}
