use std::sync::LazyLock;
use std::time::{Instant, SystemTime};

use kit_core::Time;

/// What all clients count from, so that they can share a pacer.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

pub(crate) fn now() -> Time {
    Time::new(START.elapsed(), SystemTime::now())
}
