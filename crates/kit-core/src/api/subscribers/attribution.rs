use serde::{Deserialize, Serialize};

use crate::wire::Presence;

/// Where a subscriber came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attribution {
    /// The URL of the page where it happened.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub referrer: Presence<String>,
    /// The UTM parameter of that URL: the source.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub utm_source: Presence<String>,
    /// The UTM parameter of that URL: the medium.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub utm_medium: Presence<String>,
    /// The UTM parameter of that URL: the campaign.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub utm_campaign: Presence<String>,
    /// The UTM parameter of that URL: the term.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub utm_term: Presence<String>,
    /// The UTM parameter of that URL: the content.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub utm_content: Presence<String>,
    /// What the source at Kit is, such as `form_subscription`.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub source_type: Presence<String>,
    /// The name of the source.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub source_name: Presence<String>,
    /// What of the source it was.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub source_mechanism: Presence<String>,
    /// The id of that.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub source_mechanism_id: Presence<u64>,
}
