use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::rows::sequence::DAYS;
use crate::world::Row;

/// An email of a sequence.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SequenceEmail {
    pub(crate) id: u64,
    pub(crate) sequence_id: u64,
    pub(crate) subject: String,
    pub(crate) preview_text: Option<String>,
    pub(crate) email_address: String,
    pub(crate) email_template_id: Option<u64>,
    pub(crate) published: bool,
    pub(crate) position: u64,
    pub(crate) delay_value: u64,
    /// `days` or `hours`.
    pub(crate) delay_unit: String,
    /// Its own days, in place of those of the sequence.
    pub(crate) send_days: Option<Vec<String>>,
    pub(crate) content: Option<String>,
}

impl SequenceEmail {
    /// Without days of its own, an email has all seven; with a delay in hours it has none.
    pub(crate) fn to_json(&self, has_content: bool) -> Value {
        let all = || (self.delay_unit == "days").then(|| DAYS.map(str::to_owned).to_vec());
        let days = self.send_days.clone().or_else(all);
        let mut json = json!({
            "id": self.id,
            "sequence_id": self.sequence_id,
            "subject": self.subject,
            "preview_text": self.preview_text,
            "email_address": self.email_address,
            "email_template_id": self.email_template_id,
            "published": self.published,
            "position": self.position,
            "delay_value": self.delay_value,
            "delay_unit": self.delay_unit,
            "send_days": days,
        });
        if has_content {
            json["content"] = self.content.as_deref().into();
        }
        json
    }
}

impl Row for SequenceEmail {
    fn id(&self) -> u64 {
        self.id
    }
}
