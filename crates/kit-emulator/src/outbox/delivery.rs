use std::time::Duration;

use bytes::Bytes;

use super::Attempt;

/// A delivery: the events that are posted at once, and the attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// The id, the same over all attempts.
    pub id: u64,
    /// The owner of the URL that the delivery is posted to.
    pub target: Target,
    /// The type of its events: of a legacy webhook, the full name; of a callback, `bulk`.
    pub event_type: String,
    /// The ids of its events. Empty for a legacy webhook, whose events have none.
    pub event_ids: Vec<String>,
    pub(super) payload: Payload,
    /// How far it has come.
    pub status: DeliveryState,
    /// The attempts so far.
    pub attempts: Vec<Attempt>,
    /// When it was made, by the emulator's clock, in seconds since 1970.
    pub created_at: u64,
    /// When it was delivered or failed for good.
    pub completed_at: Option<u64>,
    /// When the next attempt is due, by the emulator's clock, in time since its start.
    pub(super) due: Option<Duration>,
    /// Grows with each change of any delivery.
    pub(super) changed: u64,
}

/// The content of a delivery's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Payload {
    /// All of it.
    Whole(Bytes),
    /// The events, which deliveries to other endpoints share.
    Events(Bytes),
}

impl Delivery {
    /// When the next attempt is due, by the emulator's clock, in time since its start.
    pub(crate) fn due(&self) -> Option<Duration> {
        self.due
    }

    /// The body as it is posted.
    pub fn body(&self) -> Bytes {
        match &self.payload {
            Payload::Whole(body) => body.clone(),
            Payload::Events(events) => {
                let mut body = format!("{{\"delivery_id\":{},\"events\":[", self.id).into_bytes();
                body.reserve_exact(events.len() + 2);
                body.extend_from_slice(events);
                body.extend_from_slice(b"]}");
                body.into()
            }
        }
    }
}

/// The owner of the URL that a delivery is posted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Target {
    /// The webhook of `/v4/webhooks` with this id.
    Webhook(u64),
    /// The webhook endpoint with this id.
    Endpoint(u64),
    /// The callback URL of a bulk request, by a number of its own.
    Callback(u64),
}

/// How far a delivery has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeliveryState {
    /// Not tried yet.
    Pending,
    /// An attempt failed, and there will be another.
    Retrying,
    /// Taken by the receiver.
    Delivered,
    /// Given up.
    Failed,
}

impl DeliveryState {
    /// The status as Kit writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Retrying => "retrying",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}
