use serde::{Deserialize, Serialize};

use crate::wire::{Decimal, Timestamp};

/// How the emails of an account did. Rates are percentages, such as 16.67.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EmailStats {
    /// How many emails were sent.
    pub sent: Option<u64>,
    /// How many emails had a link that was clicked.
    pub clicked: Option<u64>,
    /// How many emails were opened.
    pub opened: Option<u64>,
    /// Which emails are counted, such as `last_90`.
    #[serde(default)]
    pub email_stats_mode: String,
    /// Whether Kit tracks who opens emails.
    pub open_tracking_enabled: Option<bool>,
    /// Whether Kit tracks who clicks links.
    pub click_tracking_enabled: Option<bool>,
    /// When the counted time begins.
    pub starting: Option<Timestamp>,
    /// When the counted time ends.
    pub ending: Option<Timestamp>,
    /// The percentage of emails that were opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_rate: Option<Decimal>,
    /// The percentage of emails in which a link was clicked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub click_rate: Option<Decimal>,
    /// The percentage of emails after which somebody unsubscribed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsubscribe_rate: Option<Decimal>,
    /// The percentage of emails that bounced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounce_rate: Option<Decimal>,
}
