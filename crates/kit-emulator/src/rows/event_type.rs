//! The types of events, as the emulator knows them.

/// The types that an endpoint can be told of.
pub(crate) const AVAILABLE: [&str; 23] = [
    "subscriber.created",
    "subscriber.activated",
    "subscriber.unsubscribed",
    "subscriber.bounced",
    "subscriber.complained",
    "subscriber.subscribed_to_form",
    "subscriber.added_to_sequence",
    "subscriber.sequence_completed",
    "subscriber.tag_added",
    "subscriber.tag_removed",
    "subscriber.custom_field_value_updated",
    "tag.created",
    "tag.deleted",
    "custom_field.created",
    "custom_field.deleted",
    "sequence.created",
    "sequence.deleted",
    "sequence.published",
    "sequence.disabled",
    "broadcast.created",
    "broadcast.sent",
    "broadcast.deleted",
    "post.published",
];

/// The types that Kit plans, and refuses.
const PLANNED: [&str; 5] = [
    "subscriber.product_purchased",
    "subscriber.link_clicked",
    "subscriber.email_opened",
    "landing_page.created",
    "landing_page.deleted",
];

/// Whether an endpoint can be told of events of this type.
pub(crate) fn is_known(event_type: &str) -> bool {
    AVAILABLE.contains(&event_type)
}

/// Why an endpoint cannot be told of events of this type, if so.
pub(crate) fn refusal(event_type: &str) -> Option<String> {
    if is_known(event_type) {
        None
    } else if PLANNED.contains(&event_type) {
        Some(format!("{event_type:?} is planned, and not available yet"))
    } else {
        Some(format!("{event_type:?} is not an event type"))
    }
}
