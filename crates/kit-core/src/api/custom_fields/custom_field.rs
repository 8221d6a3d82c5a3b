use serde::{Deserialize, Serialize};

use crate::CustomFieldId;
use crate::wire::{Presence, Timestamp};

/// A custom field.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomField {
    /// The id.
    pub id: CustomFieldId,
    /// The name in the HTML of forms, such as `ck_field_8_last_name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The key, such as `last_name`: the name of the field in [`Subscriber::fields`](crate::subscribers::Subscriber::fields).
    #[serde(default)]
    pub key: String,
    /// The name that people see, such as `Last name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// When the field was created: in the reply of
    /// [`BulkCreateCustomFields`](crate::bulk::BulkCreateCustomFields) alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// The value of the subscriber: in events of `subscriber.custom_field_value_updated` alone.
    #[serde(default, skip_serializing_if = "Presence::is_missing")]
    pub value: Presence<String>,
}
