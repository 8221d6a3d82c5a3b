//! Lists of subscribers: all of them, and those of a form, a sequence or a tag.

use serde_json::Value;

use crate::api::call::{Call, Range};
use crate::rows::{Subscriber, World};
use crate::server::Reply;

const STATUSES: [&str; 6] = ["active", "inactive", "bounced", "complained", "cancelled", "all"];

/// Whether a subscriber is of a status.
pub(in crate::api) fn is_status(subscriber: &Subscriber, status: &str) -> bool {
    status == "all" || subscriber.state == status
}

/// The filters that all lists of subscribers share, read once for all rows.
pub(in crate::api) struct Filters {
    pub(in crate::api) status: &'static str,
    created: Range,
    /// The range of the time by which the subscriber came to the list.
    came: Range,
    /// Whether the custom fields are left out.
    is_slim: bool,
}

impl Filters {
    /// `came` names the range of a list of its own: `added` or `tagged`, and `updated` of all subscribers.
    ///
    /// # Errors
    ///
    /// 422 for a status that is none, or a bound that is no time.
    pub(in crate::api) fn read(call: &Call<'_>, came: &str) -> Result<Self, Reply> {
        let status = call.choice("status", &STATUSES)?.unwrap_or("active");
        call.check_dates(&["created", came])?;
        let (created, came) = (call.range("created"), call.range(came));
        Ok(Self { status, created, came, is_slim: call.is_set("slim") })
    }

    /// Whether a subscriber is asked for, who came to the list at this time.
    pub(in crate::api) fn let_through(&self, subscriber: &Subscriber, came_at: &str) -> bool {
        is_status(subscriber, self.status)
            && self.created.contains(&subscriber.created_at)
            && self.came.contains(came_at)
    }

    /// The subscriber as the list has it.
    pub(in crate::api) fn json(&self, world: &World, subscriber: &Subscriber) -> Value {
        let mut json = subscriber.to_json(&world.tables.custom_fields);
        if let (true, Some(json)) = (self.is_slim, json.as_object_mut()) {
            json.remove("fields");
        }
        json
    }
}
