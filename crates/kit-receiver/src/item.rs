use std::sync::Arc;

use kit_core::deliveries::{DeliveredEvent, EventId, Handling};

/// An event that is to be handled, claimed in the memory of events.
#[derive(Debug)]
pub(crate) struct Item {
    /// The name of the endpoint that the event came to, for a receiver of many accounts.
    pub(crate) source: Option<Arc<str>>,
    pub(crate) event: DeliveredEvent,
    pub(crate) handling: Handling,
    /// How often it was handed out.
    pub(crate) attempts: u32,
}

/// An event with its line in the state file, which is empty where there is no such file.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) source: Option<Arc<str>>,
    pub(crate) event: DeliveredEvent,
    pub(crate) line: Vec<u8>,
}

/// The event's place in the memory of events: the same event for two endpoints is two events.
pub(crate) fn place(source: Option<&str>, id: &EventId) -> EventId {
    match source {
        None => id.clone(),
        // An id has no line break, and the name of an endpoint may have one.
        Some(source) => format!("{source}\n{id}").as_str().into(),
    }
}
