use std::time::Duration;

use super::DeliveryFault;

/// One attempt to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// When, by the emulator's clock, in seconds since 1970.
    pub at: u64,
    /// The status that was answered. `None` where nothing was answered.
    pub status: Option<u16>,
    /// The beginning of the body that was answered.
    pub response_body: String,
    /// The failure that kept the attempt from an answer.
    pub error: Option<String>,
    /// How long the attempt took.
    pub duration: Duration,
    /// The `X-Kit-Signature` that it came with; a legacy delivery has none.
    pub signature: Option<String>,
    /// The fault that has hit it.
    pub fault: Option<DeliveryFault>,
}

impl Attempt {
    /// Whether the receiver has taken the delivery.
    pub fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}
