use serde::Serialize;

use crate::wire::Date;

/// When subscribers were created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Subscribed {
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Date>,
}

impl Subscribed {
    /// After a day. Whether the day itself counts is not documented.
    pub fn after(date: Date) -> Self {
        Self { after: Some(date), before: None }
    }

    /// Before a day. Whether the day itself counts is not documented.
    pub fn before(date: Date) -> Self {
        Self { after: None, before: Some(date) }
    }

    /// Between two days.
    pub fn between(after: Date, before: Date) -> Self {
        Self { after: Some(after), before: Some(before) }
    }
}
