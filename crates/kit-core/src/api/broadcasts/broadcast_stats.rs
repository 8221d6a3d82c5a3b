use serde::{Deserialize, Serialize};

use super::BroadcastStatus;
use crate::BroadcastId;
use crate::wire::{Decimal, Presence, Timestamp};

/// How a broadcast did.
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

/// Numbers of a broadcast. Whether its rates and its progress are percentages or fractions is not documented.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BroadcastStats {
    /// How many subscribers it was sent to.
    pub recipients: u64,
    /// How often it was opened, of the recipients.
    pub open_rate: Option<Decimal>,
    /// How many emails were opened.
    pub emails_opened: u64,
    /// How often a link was clicked, of the recipients.
    pub click_rate: Option<Decimal>,
    /// How often somebody unsubscribed, of the recipients.
    pub unsubscribe_rate: Option<Decimal>,
    /// How many unsubscribed.
    pub unsubscribes: u64,
    /// How many clicks there were.
    pub total_clicks: u64,
    /// Whether Kit shows the number of clicks.
    pub show_total_clicks: bool,
    /// How far the broadcast has come.
    pub status: BroadcastStatus,
    /// How much of it is sent.
    pub progress: Decimal,
    /// Whether it is not tracked who opens the emails.
    pub open_tracking_disabled: bool,
    /// Whether it is not tracked who clicks the links.
    pub click_tracking_disabled: bool,
}
