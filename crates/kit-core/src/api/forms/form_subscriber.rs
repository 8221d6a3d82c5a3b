use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::SubscriberId;
use crate::subscribers::SubscriberState;
use crate::wire::Timestamp;

/// A subscriber of a form.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FormSubscriber {
    /// The id.
    pub id: SubscriberId,
    /// The first name.
    pub first_name: Option<String>,
    /// The email address.
    #[serde(default)]
    pub email_address: String,
    /// Whether the subscriber gets emails. `None` where Kit answers null.
    pub state: Option<SubscriberState>,
    /// When the subscriber was created.
    pub created_at: Option<Timestamp>,
    /// When the subscriber came to the form.
    pub added_at: Option<Timestamp>,
    /// The custom fields by their keys. `None` where a field has no value. Empty if Kit answers null, or leaves them out
    /// as a slim list does.
    #[serde(default)]
    pub fields: BTreeMap<String, Option<String>>,
    /// The URL of the page where the subscriber signed up.
    pub referrer: Option<String>,
    /// The UTM parameters of the referrer.
    pub referrer_utm_parameters: Option<UtmParameters>,
}

/// The UTM parameters of a URL (`utm_source` and so on), which tell where a visitor came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UtmParameters {
    /// `utm_source`.
    pub source: Option<String>,
    /// `utm_medium`.
    pub medium: Option<String>,
    /// `utm_campaign`.
    pub campaign: Option<String>,
    /// `utm_term`.
    pub term: Option<String>,
    /// `utm_content`.
    pub content: Option<String>,
}
