use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Attribution, Location, TagName};
use crate::id::text;
use crate::wire::{Decimal, Presence, Timestamp};
use crate::{SubscriberId, TagId};

/// A subscriber whom a filter found. Unlike other subscribers, this one has no state, and its id and `tag_ids` are
/// texts in JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FilteredSubscriber {
    /// The id.
    #[serde(serialize_with = "text::one")]
    pub id: SubscriberId,
    /// The first name.
    pub first_name: Option<String>,
    /// The email address.
    #[serde(default)]
    pub email_address: String,
    /// When the subscriber was created.
    pub created_at: Option<Timestamp>,
    /// The names of the tags: not always there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_names: Option<Vec<String>>,
    /// The ids of the tags: not always there.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "text::list")]
    pub tag_ids: Option<Vec<TagId>>,
    /// The origin of the subscriber, if it was asked for.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub attribution: Presence<Box<Attribution>>,
    /// The tags of the subscriber, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<TagName>>,
    /// The location of the subscriber, if it was asked for.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub location: Presence<Box<Location>>,
    /// When the subscriber's state last changed, if it was asked for.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub canceled_at: Presence<Timestamp>,
    /// The email statistics of the subscriber, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stats: Option<FilteredStats>,
    /// The values of all custom fields by their keys, if they were asked for. `None` for a field without a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<BTreeMap<String, Option<String>>>,
}

/// The email statistics of a subscriber whom a filter found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FilteredStats {
    /// How many emails were sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<u64>,
    /// How many emails were opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened: Option<u64>,
    /// In how many emails a link was clicked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clicked: Option<u64>,
    /// How many emails came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounced: Option<u64>,
    /// How many of the emails were opened, as a fraction of 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_rate: Option<Decimal>,
    /// In how many of the emails a link was clicked, as a fraction of 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub click_rate: Option<Decimal>,
    /// When the last email was sent.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub last_sent: Presence<Timestamp>,
    /// When the last email was opened.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub last_opened: Presence<Timestamp>,
    /// When the last link was clicked.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub last_clicked: Presence<Timestamp>,
    /// How many emails were sent since one was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sends_since_last_open: Option<u64>,
    /// How many emails were sent since a link was clicked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sends_since_last_click: Option<u64>,
}
