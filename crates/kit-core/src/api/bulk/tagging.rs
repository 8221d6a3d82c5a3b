use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Echo;
use crate::wire::Timestamp;
use crate::{SubscriberId, TagId};

/// A pair of a tag and a subscriber: the tag is given to the subscriber, or taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tagging {
    /// The id of the tag. `None` where Kit repeats a null that was sent.
    pub tag_id: Option<TagId>,
    /// The id of the subscriber. `None` where Kit repeats a null that was sent.
    pub subscriber_id: Option<SubscriberId>,
}

impl Tagging {
    /// Pairs this tag with this subscriber.
    pub fn new(tag_id: TagId, subscriber_id: SubscriberId) -> Self {
        Self { tag_id: Some(tag_id), subscriber_id: Some(subscriber_id) }
    }

    /// Whether a failure, whose shape is not documented, is of this item.
    #[inline]
    pub(super) fn is_in(&self, failure: &Value) -> bool {
        let tagging = failure.get(Self::NAME).unwrap_or(failure);
        Self::deserialize(tagging).is_ok_and(|tagging| tagging == *self)
    }
}

impl Echo for Tagging {
    const NAME: &'static str = "tagging";
}

/// A subscriber who got a tag, without its state and its custom fields.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BulkTaggedSubscriber {
    /// The id.
    pub id: SubscriberId,
    /// The first name.
    pub first_name: Option<String>,
    /// The email address.
    #[serde(default)]
    pub email_address: String,
    /// When the subscriber was created.
    pub created_at: Option<Timestamp>,
    /// When the subscriber got the tag.
    pub tagged_at: Option<Timestamp>,
}
