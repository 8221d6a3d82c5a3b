use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::super::EventId;

/// The memory of an event. A store keeps it by its [`id`](Self::id).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EventRecord {
    /// The event.
    pub id: EventId,
    /// How far the receiver has come with it.
    #[serde(flatten)]
    pub state: EventState,
}

/// How far a receiver has come with an event. An event without a record is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventState {
    /// Somebody handles the event, and has until then, in milliseconds since 1970. After that it counts as new: who
    /// handled it has crashed.
    HandledUntil(u64),
    /// The event was handled then, in milliseconds since 1970.
    Done(u64),
}

impl EventState {
    /// The time in the state.
    pub(super) fn time(self) -> u64 {
        let (Self::HandledUntil(time) | Self::Done(time)) = self;
        time
    }
}

/// Milliseconds since 1970.
pub(super) fn millis(time: SystemTime) -> u64 {
    millis_of(time.duration_since(UNIX_EPOCH).unwrap_or_default())
}

pub(super) fn millis_of(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
