use kit_core::deliveries::{DeliveredEvent, Handling};

/// An event that is to be handled, claimed in the memory of events.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) event: DeliveredEvent,
    pub(crate) handling: Handling,
    /// How often it was handed out.
    pub(crate) attempts: u32,
}

/// An event with its line in the state file, which is empty where there is no such file.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) event: DeliveredEvent,
    pub(crate) line: Vec<u8>,
}
