use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::world::Row;

pub(crate) const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A sequence.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sequence {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) hold: bool,
    pub(crate) repeat: bool,
    pub(crate) active: bool,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    pub(crate) email_address: Option<String>,
    pub(crate) email_template_id: Option<u64>,
    pub(crate) send_days: Vec<String>,
    pub(crate) send_hour: u64,
    pub(crate) time_zone: String,
    pub(crate) exclude_subscriber_sources: Vec<Value>,
}

impl Sequence {
    /// As events have it.
    pub(crate) fn to_event(&self) -> Value {
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

    pub(crate) fn to_json(&self, emails: u64, subscribers: u64) -> Value {
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
