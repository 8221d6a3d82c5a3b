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
    pub email_address: String,
    /// Whether the subscriber gets emails.
    pub state: SubscriberState,
    /// When the subscriber was created.
    pub created_at: Timestamp,
    /// When the subscriber entered the sequence.
    pub added_at: Timestamp,
    /// The custom fields by their keys. `None` where a field has no value.
    #[serde(default)]
    pub fields: BTreeMap<String, Option<String>>,
}
