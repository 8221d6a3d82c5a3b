//! Values that the tests of this crate share.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use crate::time::Clock;
use crate::webhooks::{CreateWebhook, Event};
use crate::{Credentials, Kit, Time};

pub(crate) fn kit() -> Kit {
    Kit::new(Credentials::api_key("kit_0123"))
}

pub(crate) fn create() -> CreateWebhook {
    CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate).unwrap()
}

/// The body of a request.
pub(crate) fn json(request: &http::Request<Vec<u8>>) -> serde_json::Value {
    serde_json::from_slice(request.body()).unwrap()
}

static CLOCK: LazyLock<Clock> = LazyLock::new(Clock::new);

/// So many seconds after the start, by a clock that all tests share.
pub(crate) fn at(seconds: u64) -> Time {
    let elapsed = Duration::from_secs(seconds);
    CLOCK.time(elapsed, SystemTime::UNIX_EPOCH + elapsed)
}
