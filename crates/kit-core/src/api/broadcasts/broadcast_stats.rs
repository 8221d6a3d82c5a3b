use serde::{Deserialize, Serialize};

use super::BroadcastStatus;
use crate::BroadcastId;
use crate::wire::{Decimal, Presence, Timestamp};

/// A broadcast with its statistics.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BroadcastWithStats {
    /// The id of the broadcast.
    pub id: BroadcastId,
    /// The statistics.
    pub stats: Option<BroadcastStats>,
    /// The subject: in lists, and not always there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When the broadcast was sent: in lists, and not always there.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub send_at: Presence<Timestamp>,
}

/// The statistics of a broadcast. Rates are percentages, as Kit's replies were seen to have them: 40.0 if two of five
/// opened it. Kit's documentation does not say what `progress` is counted in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BroadcastStats {
    /// How many subscribers it was sent to.
    pub recipients: Option<u64>,
    /// The percentage of recipients who opened the broadcast.
    pub open_rate: Option<Decimal>,
    /// How many emails were opened.
    pub emails_opened: Option<u64>,
    /// The percentage of recipients who clicked a link.
    pub click_rate: Option<Decimal>,
    /// The percentage of recipients who unsubscribed.
    pub unsubscribe_rate: Option<Decimal>,
    /// How many unsubscribed.
    pub unsubscribes: Option<u64>,
    /// How many clicks there were.
    pub total_clicks: Option<u64>,
    /// Whether Kit shows the number of clicks.
    pub show_total_clicks: Option<bool>,
    /// How far the broadcast has come.
    #[serde(default)]
    pub status: BroadcastStatus,
    /// How much of the broadcast has been sent.
    pub progress: Option<Decimal>,
    /// Whether tracking of opened emails is off.
    pub open_tracking_disabled: Option<bool>,
    /// Whether tracking of clicked links is off.
    pub click_tracking_disabled: Option<bool>,
}
