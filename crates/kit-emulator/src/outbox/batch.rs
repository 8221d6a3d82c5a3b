use bytes::Bytes;

use super::Event;

/// How many events come at once.
pub(super) const MAX_EVENTS: usize = 100;

/// How many bytes of events come at once, unless one alone has more.
pub(super) const MAX_BYTES: usize = 512 * 1024;

/// Events that are delivered together, as JSON with commas between. All endpoints that are told of them share it.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    pub(super) event_type: String,
    pub(super) event_ids: Vec<String>,
    pub(super) events: Bytes,
}

impl Batch {
    /// As many as are needed for these events of one type.
    pub(crate) fn of(events: &[Event]) -> Vec<Self> {
        let mut batches: Vec<Self> = Vec::new();
        let mut text = String::new();
        let mut ids = Vec::new();
        let mut end = |event_type: &str, ids: &mut Vec<String>, text: &mut String| {
            let (event_ids, events) = (std::mem::take(ids), std::mem::take(text).into());
            batches.push(Self { event_type: event_type.to_owned(), event_ids, events });
        };
        for event in events {
            let json = event.to_json().to_string();
            if !ids.is_empty() && (ids.len() == MAX_EVENTS || text.len() + json.len() > MAX_BYTES) {
                end(&event.event_type, &mut ids, &mut text);
            }
            if !ids.is_empty() {
                text.push(',');
            }
            text.push_str(&json);
            ids.push(event.id.clone());
        }
        if let Some(event) = events.last() {
            end(&event.event_type, &mut ids, &mut text);
        }
        batches
    }
}
