use serde_json::{Value, json};

use super::events;
use crate::api::account::ACCOUNT_ID;
use crate::world::Row;

/// A webhook as the emulator holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Webhook {
    /// Its id: greater than that of any webhook before it.
    pub id: u64,
    /// The URL that it calls.
    pub target_url: String,
    /// Its event as replies show it, with the short name.
    pub event: Value,
}

impl Webhook {
    /// Its event as text, as the client writes it, too: `subscriber.tag_add (tag_id 44)`.
    ///
    /// # Examples
    ///
    /// In a test of what a program of yours has created:
    ///
    /// ```no_run
    /// # let emulator = kit_emulator::Emulator::start()?;
    /// let events: Vec<String> =
    ///     emulator.webhooks().iter().map(|webhook| webhook.event_text()).collect();
    /// assert_eq!(events, ["subscriber.tag_add (tag_id 44)"]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn event_text(&self) -> String {
        let short = self.event.get("name").and_then(Value::as_str).unwrap_or_default();
        let Some((full, parameter)) = events::find_short(short) else { return short.to_owned() };
        let argument =
            parameter.map(|parameter| (parameter.key(), self.event.get(parameter.key())));
        match argument {
            Some((key, Some(Value::String(text)))) => format!("{full} ({key} {text})"),
            Some((key, Some(value))) => format!("{full} ({key} {value})"),
            _ => full.to_owned(),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "account_id": ACCOUNT_ID,
            "event": self.event,
            "target_url": self.target_url,
        })
    }
}

impl Row for Webhook {
    fn id(&self) -> u64 {
        self.id
    }
}
