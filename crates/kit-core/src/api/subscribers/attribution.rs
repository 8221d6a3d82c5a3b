use serde::{Deserialize, Serialize};

/// Where a subscriber came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attribution {
    /// The URL of the page where it happened.
    pub referrer: Option<String>,
    /// The UTM parameter of that URL: the source.
    pub utm_source: Option<String>,
    /// The UTM parameter of that URL: the medium.
    pub utm_medium: Option<String>,
    /// The UTM parameter of that URL: the campaign.
    pub utm_campaign: Option<String>,
    /// The UTM parameter of that URL: the term.
    pub utm_term: Option<String>,
    /// The UTM parameter of that URL: the content.
    pub utm_content: Option<String>,
    /// What the source at Kit is, such as `form_subscription`.
    pub source_type: Option<String>,
    /// The name of the source.
    pub source_name: Option<String>,
    /// What of the source it was.
    pub source_mechanism: Option<String>,
    /// The id of that.
    pub source_mechanism_id: Option<u64>,
}
