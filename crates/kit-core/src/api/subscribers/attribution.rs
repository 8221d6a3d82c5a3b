use serde::{Deserialize, Serialize};

use crate::wire::Presence;

/// The origin of a subscriber.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attribution {
    /// The URL of the page where the subscriber signed up.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub referrer: Presence<String>,
    /// The `utm_source` parameter of the referrer.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub utm_source: Presence<String>,
    /// The `utm_medium` parameter of the referrer.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub utm_medium: Presence<String>,
    /// The `utm_campaign` parameter of the referrer.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub utm_campaign: Presence<String>,
    /// The `utm_term` parameter of the referrer.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub utm_term: Presence<String>,
    /// The `utm_content` parameter of the referrer.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub utm_content: Presence<String>,
    /// The kind of the source at Kit, such as `form_subscription`.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub source_type: Presence<String>,
    /// The name of the source.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub source_name: Presence<String>,
    /// The mechanism of the source by which the subscriber came.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub source_mechanism: Presence<String>,
    /// The id of the mechanism.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub source_mechanism_id: Presence<u64>,
}
