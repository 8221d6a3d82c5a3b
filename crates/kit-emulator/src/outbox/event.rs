use serde_json::{Value, json};

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    /// A UUID.
    pub(crate) id: String,
    pub(crate) event_type: String,
    /// As Kit writes times.
    pub(crate) created: String,
    pub(crate) data: Value,
}

impl Event {
    pub(crate) fn new(event_type: &str, created: String, data: Value) -> Self {
        let id = uuid::Uuid::new_v4().to_string();
        Self { id, event_type: event_type.to_owned(), created, data }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({"id": self.id, "type": self.event_type, "created": self.created, "data": self.data})
    }
}
