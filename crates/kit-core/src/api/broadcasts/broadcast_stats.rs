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
    pub stats: BroadcastStats,
    /// The subject: in lists, and not always there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When the broadcast was sent: in lists, and not always there.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub send_at: Presence<Timestamp>,
}

/// The statistics of a broadcast. Kit's documentation does not say whether rates and progress are percentages or
/// fractions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BroadcastStats {
    /// How many subscribers it was sent to.
    pub recipients: u64,
    /// The share of recipients who opened the broadcast.
    pub open_rate: Option<Decimal>,
    /// How many emails were opened.
    pub emails_opened: u64,
    /// The share of recipients who clicked a link.
    pub click_rate: Option<Decimal>,
    /// The share of recipients who unsubscribed.
    pub unsubscribe_rate: Option<Decimal>,
    /// How many unsubscribed.
    pub unsubscribes: u64,
    /// How many clicks there were.
    pub total_clicks: u64,
    /// Whether Kit shows the number of clicks.
    pub show_total_clicks: bool,
    /// How far the broadcast has come.
    pub status: BroadcastStatus,
    /// How much of the broadcast has been sent.
    pub progress: Decimal,
    /// Whether tracking of opened emails is off.
    pub open_tracking_disabled: bool,
    /// Whether tracking of clicked links is off.
    pub click_tracking_disabled: bool,
}
