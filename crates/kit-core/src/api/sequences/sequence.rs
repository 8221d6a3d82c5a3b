use serde::{Deserialize, Serialize};

use super::{SequenceStats, SubscriberSource, Weekday};
use crate::wire::{Presence, Timestamp};
use crate::{EmailTemplateId, SequenceId};

/// A sequence.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sequence {
    /// The id.
    pub id: SequenceId,
    /// The name.
    #[serde(default)]
    pub name: String,
    /// Whether subscribers stay after the last email, and get emails that are added later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<bool>,
    /// Whether a subscriber may go through the sequence again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<bool>,
    /// When the sequence was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When the sequence was last changed. Lists may lack this field and all fields after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// The address from which the emails are sent. Null if the sequence has none of its own.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub email_address: Presence<String>,
    /// The template of the emails. Null if the sequence has none of its own.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub email_template_id: Presence<EmailTemplateId>,
    /// The days on which emails are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_days: Option<Vec<Weekday>>,
    /// The hour at which emails are sent, from 0 to 23.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_hour: Option<u8>,
    /// The time zone of the hour, such as `America/New_York`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Whether the sequence sends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// The conditions of subscribers who skip the sequence, in an order that Kit chooses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_subscriber_sources: Option<Vec<SubscriberSource>>,
    /// How many emails the sequence has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_count: Option<u64>,
    /// How many subscribers are in the sequence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscriber_count: Option<u64>,
    /// The statistics, if they were asked for with `with_stats`.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub stats: Presence<Box<SequenceStats>>,
}
