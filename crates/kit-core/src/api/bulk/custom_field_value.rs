use serde::{Deserialize, Serialize};

use super::Echo;
use crate::{CustomFieldId, SubscriberId};

/// The value of a custom field of a subscriber.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomFieldValue {
    /// The id of the subscriber. `None` where Kit repeats a null that was sent.
    pub subscriber_id: Option<SubscriberId>,
    /// The custom field. `None` where Kit repeats a null that was sent.
    pub subscriber_custom_field_id: Option<CustomFieldId>,
    /// The value.
    #[serde(default)]
    pub value: String,
}

impl CustomFieldValue {
    /// The value of a subscriber's custom field.
    pub fn new(
        subscriber_id: SubscriberId,
        field_id: CustomFieldId,
        value: impl Into<String>,
    ) -> Self {
        Self {
            subscriber_id: Some(subscriber_id),
            subscriber_custom_field_id: Some(field_id),
            value: value.into(),
        }
    }
}

impl CustomFieldValue {
    /// Whether it is the same value of the same subscriber, however Kit writes it.
    pub(super) fn is_of(&self, row: &Self) -> bool {
        self.subscriber_id == row.subscriber_id
            && self.subscriber_custom_field_id == row.subscriber_custom_field_id
    }
}

impl Echo for CustomFieldValue {
    const NAME: &'static str = "custom_field_value";
}
