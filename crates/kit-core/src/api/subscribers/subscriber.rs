use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Attribution, Location, SubscriberState};
use crate::wire::{Presence, Timestamp};
use crate::{SubscriberId, TagId};

/// A subscriber.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Subscriber {
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
    /// The custom fields by their keys. `None` where a field has no value. Empty if Kit answers null, or leaves them out
    /// as a slim list does.
    #[serde(default)]
    pub fields: BTreeMap<String, Option<String>>,
    /// The origin of the subscriber, if it was asked for.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub attribution: Presence<Box<Attribution>>,
    /// The tags of the subscriber, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<TagName>>,
    /// The location of the subscriber, if it was asked for.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub location: Presence<Box<Location>>,
    /// When the subscriber unsubscribed. Lists have this only if it was asked for,
    /// [`GetSubscriber`](super::GetSubscriber) without asking.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub canceled_at: Presence<Timestamp>,
}

impl Subscriber {
    /// Makes an active subscriber without custom fields, for a test.
    pub fn new(
        id: impl Into<SubscriberId>,
        email_address: impl Into<String>,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id: id.into(),
            first_name: None,
            email_address: email_address.into(),
            state: SubscriberState::Active,
            created_at: Some(created_at),
            fields: BTreeMap::new(),
            attribution: Presence::Missing,
            tags: None,
            location: Presence::Missing,
            canceled_at: Presence::Missing,
        }
    }
}

/// A tag of a subscriber in a list of subscribers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TagName {
    /// The id.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub id: Presence<TagId>,
    /// The name.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub name: Presence<String>,
}
