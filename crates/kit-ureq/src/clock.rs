use std::time::{Instant, SystemTime};

use kit_core::Time;

pub(crate) fn now() -> Time {
    Time::new(Instant::now(), SystemTime::now())
}
