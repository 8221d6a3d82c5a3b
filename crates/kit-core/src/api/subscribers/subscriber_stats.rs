use serde::{Deserialize, Serialize};

use crate::SubscriberId;
use crate::wire::{Decimal, Timestamp};

/// A subscriber with their email statistics.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubscriberWithStats {
    /// The id of the subscriber.
    pub id: SubscriberId,
    /// The statistics.
    pub stats: Option<SubscriberStats>,
}

/// The email statistics of a subscriber.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubscriberStats {
    /// How many emails were sent.
    pub sent: Option<u64>,
    /// How many emails were opened.
    pub opened: Option<u64>,
    /// In how many emails a link was clicked.
    pub clicked: Option<u64>,
    /// How many emails came back.
    pub bounced: Option<u64>,
    /// How many of the emails were opened, as a fraction of 1.
    pub open_rate: Option<Decimal>,
    /// In how many of the emails a link was clicked, as a fraction of 1.
    pub click_rate: Option<Decimal>,
    /// When the last email was sent.
    pub last_sent: Option<Timestamp>,
    /// When the last email was opened.
    pub last_opened: Option<Timestamp>,
    /// When the last link was clicked.
    pub last_clicked: Option<Timestamp>,
    /// How many emails were sent since one was opened.
    pub sends_since_last_open: Option<u64>,
    /// How many emails were sent since a link was clicked.
    pub sends_since_last_click: Option<u64>,
}
