//! Times as Kit writes them.

use super::World;
use crate::world::iso_8601;

/// Seconds since 1970 as Kit writes them.
pub(super) fn text(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX).to_string()
}

/// What the clock shows.
pub(super) fn now(world: &World) -> String {
    iso_8601(world.clock.unix_seconds())
}

/// The seconds since 1970 of a time that Kit wrote.
pub(super) fn seconds(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_second)
}
