//! Which events were handled already: Kit delivers an event again where it is not sure that it arrived.

mod event_record;
mod handling;
mod seen_events;

pub use event_record::{EventRecord, EventState};
pub use handling::{Handling, HandlingStep, Saved};
pub use seen_events::SeenEvents;
