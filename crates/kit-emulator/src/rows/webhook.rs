use serde_json::{Value, json};

use super::legacy_event;
use crate::world::{MAX_ID, Row};

/// A webhook that the emulator holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Webhook {
    /// The id of the webhook: greater than that of any webhook created before.
    pub id: u64,
    /// The URL that is told of the event: [`Emulator::trigger`](crate::Emulator::trigger).
    pub target_url: String,
    /// The event as JSON, as in replies: with the short name, such as `tag_add`.
    pub event: Value,
}

impl Webhook {
    /// The event as text, in the same form as in the client: `subscriber.tag_add (tag_id 44)`.
    ///
    /// # Examples
    ///
    /// A test checks which webhook a program has created:
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
        let Some((full, parameter)) = legacy_event::find_short(short) else {
            return short.to_owned();
        };
        let argument =
            parameter.map(|parameter| (parameter.key(), self.event.get(parameter.key())));
        match argument {
            Some((key, Some(Value::String(text)))) => format!("{full} ({key} {text})"),
            Some((key, Some(value))) => format!("{full} ({key} {value})"),
            _ => full.to_owned(),
        }
    }

    /// The full name of the event, such as `subscriber.tag_add`.
    pub(crate) fn full_name(&self) -> Option<&'static str> {
        let short = self.event.get("name").and_then(Value::as_str)?;
        legacy_event::find_short(short).map(|(full, _)| full)
    }

    pub(crate) fn to_state(&self) -> Value {
        json!({"id": self.id, "target_url": self.target_url, "event": self.event})
    }

    pub(crate) fn of_state(state: &Value) -> Result<Self, String> {
        let (id, target_url) = (state.get("id"), state.get("target_url"));
        let id = id
            .and_then(Value::as_u64)
            .filter(|id| *id <= MAX_ID)
            .ok_or("`id` is missing, or no id")?;
        let target_url =
            target_url.and_then(Value::as_str).ok_or("`target_url` is missing, or no text")?;
        let event = state.get("event").filter(|event| event.is_object());
        let event = event.ok_or("`event` is missing, or no object")?.clone();
        Ok(Self { id, target_url: target_url.into(), event })
    }

    pub(crate) fn to_json(&self, account: u64) -> Value {
        json!({
            "id": self.id,
            "account_id": account,
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
