use serde::{Deserialize, Serialize};

use crate::TagId;
use crate::wire::Timestamp;

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tag {
    /// The id.
    pub id: TagId,
    /// The name.
    #[serde(default)]
    pub name: String,
    /// When the tag was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// How many subscribers have the tag, if it was asked for:
    /// [`ListTags::with_subscriber_count`](super::ListTags::with_subscriber_count).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscriber_count: Option<u64>,
}
