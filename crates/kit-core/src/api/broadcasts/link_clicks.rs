use serde::{Deserialize, Serialize};

use crate::wire::Decimal;

/// How often a link of a broadcast was clicked. Rates are fractions of 1.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkClicks {
    /// Where the link leads.
    pub url: String,
    /// How many subscribers clicked it.
    pub unique_clicks: u64,
    /// The share of subscribers who clicked the link, among those who got the email.
    pub click_to_delivery_rate: Decimal,
    /// The share of subscribers who clicked the link, among those who opened the email.
    pub click_to_open_rate: Decimal,
}
