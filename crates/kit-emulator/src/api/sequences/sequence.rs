use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::world::Row;

pub(super) const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A sequence.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sequence {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) hold: bool,
    pub(super) repeat: bool,
    pub(super) active: bool,
    pub(super) created_at: String,
    pub(super) updated_at: String,
    pub(super) email_address: Option<String>,
    pub(super) email_template_id: Option<u64>,
    pub(super) send_days: Vec<String>,
    pub(super) send_hour: u64,
    pub(super) time_zone: String,
    pub(super) exclude_subscriber_sources: Vec<Value>,
}

impl Sequence {
    /// As events have it.
    pub(in crate::api) fn to_event(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "hold": self.hold,
            "repeat": self.repeat,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "email_template_id": self.email_template_id,
            "active": self.active,
        })
    }

    pub(super) fn to_json(&self, emails: u64, subscribers: u64) -> Value {
        let mut json = self.to_event();
        json["email_address"] = self.email_address.as_deref().into();
        json["send_days"] = self.send_days.as_slice().into();
        json["send_hour"] = self.send_hour.into();
        json["time_zone"] = self.time_zone.as_str().into();
        json["exclude_subscriber_sources"] = self.exclude_subscriber_sources.as_slice().into();
        json["email_count"] = emails.into();
        json["subscriber_count"] = subscribers.into();
        json
    }
}

impl Row for Sequence {
    fn id(&self) -> u64 {
        self.id
    }
}
