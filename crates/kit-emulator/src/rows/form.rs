use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::world::Row;

/// A form or a landing page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Form {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) created_at: String,
    /// `embed` or `hosted`.
    #[serde(rename = "type")]
    pub(crate) form_type: String,
    /// `active`, `archived` or `trashed`.
    pub(crate) status: String,
}

impl Form {
    /// Ten hex digits.
    fn uid(&self) -> String {
        format!("{:010x}", self.id.wrapping_mul(0x9e_3779_b97f) & 0xff_ffff_ffff)
    }

    /// As events have it.
    pub(crate) fn to_event(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "created_at": self.created_at,
            "type": self.form_type,
            "format": null,
            "archived": self.status == "archived",
            "uid": self.uid(),
        })
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut json = self.to_event();
        let url = format!("https://app.kit.com/forms/{}", self.uid());
        json["embed_js"] = format!("{url}/index.js").into();
        json["embed_url"] = url.into();
        json
    }
}

impl Row for Form {
    fn id(&self) -> u64 {
        self.id
    }
}
