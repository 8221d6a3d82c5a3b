//! What creating and updating take.

use serde_json::{Map, Value};

use super::event_types::refusal;
use crate::server::Request;

/// Kit's message.
const NO_EVENTS: &str = "events must include at least one event type";

/// The fields that were given.
#[derive(Debug, Default)]
pub(super) struct Input {
    pub(super) name: Option<String>,
    pub(super) url: Option<String>,
    pub(super) description: Option<String>,
    pub(super) events: Option<Vec<String>>,
    pub(super) is_active: Option<bool>,
}

impl Input {
    pub(super) fn read(request: &Request) -> Result<Self, String> {
        let Value::Object(body) = request.json()? else {
            return Err("The body must be a JSON object".into());
        };
        let is_active = match text(&body, "status")?.as_deref() {
            None => None,
            Some("active") => Some(true),
            Some("disabled") => Some(false),
            Some(_) => return Err("status must be active or disabled".into()),
        };
        let url = text(&body, "url")?;
        if let Some(url) = &url {
            let behind = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if behind.is_none_or(str::is_empty) {
                return Err("url must be a public http or https URL".into());
            }
        }
        let events = match body.get("events") {
            None => None,
            Some(events) => Some(event_types(events)?),
        };
        let (name, description) = (text(&body, "name")?, text(&body, "description")?);
        Ok(Self { name, url, description, events, is_active })
    }
}

fn event_types(json: &Value) -> Result<Vec<String>, String> {
    let list = json.as_array().filter(|list| !list.is_empty()).ok_or(NO_EVENTS)?;
    let mut events = Vec::new();
    for event in list {
        let event = event.as_str().ok_or("events must be a list of texts")?;
        if let Some(refusal) = refusal(event) {
            return Err(refusal);
        }
        events.push(event.to_owned());
    }
    events.sort();
    events.dedup();
    Ok(events)
}

fn text(body: &Map<String, Value>, key: &str) -> Result<Option<String>, String> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format!("{key} must be a text")),
    }
}
