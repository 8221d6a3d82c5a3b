use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::SubscriberId;
use crate::subscribers::SubscriberState;
use crate::wire::Timestamp;

/// A subscriber in a sequence.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SequenceSubscriber {
    /// The id.
    pub id: SubscriberId,
    /// The first name.
    pub first_name: Option<String>,
    /// The email address.
    #[serde(default)]
    pub email_address: String,
    /// Whether the subscriber gets emails.
    #[serde(default)]
    pub state: SubscriberState,
    /// When the subscriber was created.
    pub created_at: Option<Timestamp>,
    /// When the subscriber entered the sequence.
    pub added_at: Option<Timestamp>,
    /// The custom fields by their keys. `None` where a field has no value. Empty if Kit answers null, or leaves them out
    /// as a slim list does.
    #[serde(default)]
    pub fields: BTreeMap<String, Option<String>>,
}
