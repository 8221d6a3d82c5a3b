use std::time::Duration;

use serde_json::{Value, json};

use crate::outbox::Address;
use crate::world::{MAX_ID, Row, time};

/// A webhook endpoint that the emulator holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookEndpoint {
    /// The id of the endpoint: greater than that of any endpoint created before.
    pub id: u64,
    /// The name. Without one given, the host of the URL: what Kit takes is not documented.
    pub name: String,
    /// The URL that events are posted to.
    pub url: String,
    /// The types of events, in alphabetical order.
    pub events: Vec<String>,
    /// Whether events are posted.
    pub is_active: bool,
    /// The description.
    pub description: Option<String>,
    /// When the endpoint was created, in seconds since 1970.
    pub created_at: u64,
    /// The secret that signs.
    pub secret: String,
    /// The secret before the last rotation, and when it ends, by the emulator's clock and in seconds since 1970.
    pub(crate) previous: Option<Previous>,
    /// Whether an app made the endpoint, by an access token: an API key does not change it.
    pub(crate) is_of_app: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Previous {
    pub(crate) secret: String,
    pub(crate) ends_at: Duration,
    pub(crate) ends_at_date: u64,
}

impl WebhookEndpoint {
    /// The previous secret, as long as it signs.
    pub(crate) fn previous(&self, now: Duration) -> Option<&Previous> {
        self.previous.as_ref().filter(|previous| now < previous.ends_at)
    }

    pub(crate) fn address(&self, now: Duration) -> Address {
        let previous = self.previous(now).map(|previous| previous.secret.clone());
        let secrets = [self.secret.clone()].into_iter().chain(previous).collect();
        Address { url: self.url.clone(), secrets, is_active: self.is_active }
    }

    fn status(&self) -> &'static str {
        if self.is_active { "active" } else { "disabled" }
    }

    /// The state that a program can read and put back, without the previous secret.
    pub(crate) fn to_state(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "url": self.url,
            "events": self.events,
            "status": self.status(),
            "description": self.description,
            "created_at": self.created_at,
            "secret": self.secret,
            "is_of_app": self.is_of_app,
        })
    }

    pub(crate) fn of_state(state: &Value) -> Result<Self, String> {
        let text = |key: &str| state.get(key).and_then(Value::as_str).map(str::to_owned);
        let missing = |key: &str| format!("`{key}` is missing, or of another type");
        let number = |key: &str| state.get(key).and_then(Value::as_u64);
        let url = text("url").ok_or_else(|| missing("url"))?;
        let events =
            state.get("events").and_then(Value::as_array).ok_or_else(|| missing("events"))?;
        let event = |event: &Value| event.as_str().map(str::to_owned);
        Ok(Self {
            id: number("id").filter(|id| *id <= MAX_ID).ok_or_else(|| missing("id"))?,
            name: text("name").unwrap_or_else(|| url.clone()),
            url,
            events: events.iter().filter_map(event).collect(),
            is_active: text("status").is_none_or(|status| status == "active"),
            description: text("description"),
            created_at: number("created_at").unwrap_or_default(),
            secret: text("secret").ok_or_else(|| missing("secret"))?,
            previous: None,
            is_of_app: state.get("is_of_app").and_then(Value::as_bool).unwrap_or_default(),
        })
    }

    pub(crate) fn to_json(&self, now: Duration) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "url": self.url,
            "events": self.events,
            "status": self.status(),
            "source": "creator",
            "description": self.description,
            "created_by_app": null,
            "created_at": time::text(self.created_at),
            "previous_secret_expires_at":
                self.previous(now).map(|previous| time::text(previous.ends_at_date)),
        })
    }

    /// As it is shown once.
    pub(crate) fn with_secret(&self, now: Duration) -> Value {
        let mut json = self.to_json(now);
        if let Some(fields) = json.as_object_mut() {
            fields.insert("secret".into(), self.secret.clone().into());
        }
        json
    }
}

impl Row for WebhookEndpoint {
    fn id(&self) -> u64 {
        self.id
    }
}
