use serde::{Deserialize, Serialize};

use crate::TagId;
use crate::wire::Timestamp;

/// A tag of a subscriber.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubscriberTag {
    /// The id.
    pub id: TagId,
    /// The name.
    #[serde(default)]
    pub name: String,
    /// When the subscriber got the tag.
    pub tagged_at: Option<Timestamp>,
}
