//! The fields that creating and updating take.

use crate::api::call::Call;
use crate::rows::event_type::refusal;
use crate::server::{self, Reply};

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
    pub(super) fn read(call: &Call<'_>) -> Result<Self, Reply> {
        let input = server::Input::read(call.request)?;
        let is_active = match input.text("status")?.as_deref() {
            None => None,
            Some("active") => Some(true),
            Some("disabled") => Some(false),
            Some(_) => return Err(Reply::unprocessable("status must be active or disabled")),
        };
        let url = input.text("url")?;
        if let Some(url) = &url {
            let behind = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if behind.is_none_or(str::is_empty) {
                return Err(Reply::unprocessable("url must be a public http or https URL"));
            }
        }
        let events = if input.has("events") { Some(event_types(&input)?) } else { None };
        let (name, description) = (input.text("name")?, input.text("description")?);
        Ok(Self { name, url, description, events, is_active })
    }
}

fn event_types(input: &server::Input) -> Result<Vec<String>, Reply> {
    let mut events = input.texts("events")?.unwrap_or_default();
    if events.is_empty() {
        return Err(Reply::unprocessable(NO_EVENTS));
    }
    if let Some(refusal) = events.iter().find_map(|event| refusal(event)) {
        return Err(Reply::unprocessable(refusal));
    }
    events.sort();
    events.dedup();
    Ok(events)
}
