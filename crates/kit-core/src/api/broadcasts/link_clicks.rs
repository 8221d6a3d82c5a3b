use serde::{Deserialize, Serialize};

use crate::LinkId;
use crate::wire::Decimal;

/// How often a link of a broadcast was clicked. Rates are fractions of 1 in the examples of Kit's documentation; the
/// rates of [`BroadcastStats`](super::BroadcastStats) are percentages.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkClicks {
    /// The id of the link. Kit's documentation lacks it, and replies have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<LinkId>,
    /// The URL of the link.
    #[serde(default)]
    pub url: String,
    /// How many subscribers clicked it.
    pub unique_clicks: Option<u64>,
    /// The share of subscribers who clicked the link, among those who got the email.
    pub click_to_delivery_rate: Option<Decimal>,
    /// The share of subscribers who clicked the link, among those who opened the email.
    pub click_to_open_rate: Option<Decimal>,
}
