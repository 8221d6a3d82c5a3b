use crate::wire::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::DeliveryStatus;
use crate::DeliveryId;

/// A delivery in the log of an endpoint, which Kit keeps for 30 days.
///
/// Kit's documentation names these fields; the names and types of more are not known, so that all others are
/// kept as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeliveryRecord {
    /// The id of the delivery: the `delivery_id` of its envelope.
    pub id: DeliveryId,
    /// How far Kit has come with it.
    #[serde(default)]
    pub status: DeliveryStatus,
    /// How often Kit has tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt_count: Option<u64>,
    /// When the delivery became delivered or failed. `None` before that.
    pub completed_at: Option<Timestamp>,
    /// All other fields. Where [`GetWebhookDelivery`](super::GetWebhookDelivery) was asked for it, `payload` is
    /// among them, with the events.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl DeliveryRecord {
    /// Makes a record for a test.
    pub fn new(id: impl Into<DeliveryId>, status: DeliveryStatus) -> Self {
        let (attempt_count, completed_at) = (None, None);
        Self { id: id.into(), status, attempt_count, completed_at, other: Map::new() }
    }
}
