use serde::{Deserialize, Serialize};

use crate::wire::{Decimal, Presence};

/// The statistics of a sequence, or of one of its emails. Rates are percentages.
///
/// A sequence without data has null for each number, which is `None` here; an email without data has zeroes.
///
/// Source: Kit's API v4 of October 2026, "Sequences" and "Sequence emails".
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SequenceStats {
    /// How many subscribers got an email.
    pub recipients: Option<u64>,
    /// How many emails were opened.
    pub opens: Option<u64>,
    /// How many links were clicked.
    pub clicks: Option<u64>,
    /// After how many emails somebody unsubscribed.
    pub email_unsubscribes: Option<u64>,
    /// How many emails came back.
    pub bounces: Option<u64>,
    /// How many emails were marked as spam.
    pub complaints: Option<u64>,
    /// The percentage of emails that were opened.
    pub open_rate: Option<Decimal>,
    /// The percentage of emails in which a link was clicked.
    pub click_rate: Option<Decimal>,
    /// The percentage of opened emails in which a link was clicked.
    pub click_to_open_rate: Option<Decimal>,
    /// The percentage of emails after which somebody unsubscribed.
    pub unsubscribe_rate: Option<Decimal>,
    /// The percentage of emails that came back.
    pub bounce_rate: Option<Decimal>,
    /// The percentage of emails that were marked as spam.
    pub complaint_rate: Option<Decimal>,
    /// How many subscribers unsubscribed: of sequences, not of emails.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub unsubscribers: Presence<u64>,
}
