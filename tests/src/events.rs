//! Events to try.

use kit_core::webhooks::Event;
use proptest::prelude::*;

/// The documented events: the full name, and the parameter that it requires.
///
/// Written down here once more, so that a mistake in the core's own table is seen.
pub const DOCUMENTED: [(&str, Option<&str>); 15] = [
    ("subscriber.subscriber_activate", None),
    ("subscriber.subscriber_unsubscribe", None),
    ("subscriber.subscriber_bounce", None),
    ("subscriber.subscriber_complain", None),
    ("subscriber.form_subscribe", Some("form_id")),
    ("subscriber.course_subscribe", Some("sequence_id")),
    ("subscriber.course_complete", Some("sequence_id")),
    ("subscriber.link_click", Some("initiator_value")),
    ("subscriber.product_purchase", Some("product_id")),
    ("subscriber.tag_add", Some("tag_id")),
    ("subscriber.tag_remove", Some("tag_id")),
    ("purchase.purchase_create", None),
    ("custom_field.field_created", None),
    ("custom_field.field_deleted", None),
    ("custom_field.field_value_updated", Some("custom_field_id")),
];

/// The six parameters.
pub const PARAMETERS: [&str; 6] =
    ["form_id", "tag_id", "sequence_id", "product_id", "initiator_value", "custom_field_id"];

/// The name without its group.
pub fn short(name: &str) -> &str {
    name.split_once('.').map_or(name, |(_, short)| short)
}

/// The 15 documented events, each with its own id or link.
pub fn all(id: u64, link: &str) -> [Event; 15] {
    [
        Event::SubscriberActivate,
        Event::SubscriberUnsubscribe,
        Event::SubscriberBounce,
        Event::SubscriberComplain,
        Event::FormSubscribe { form_id: id.into() },
        Event::CourseSubscribe { sequence_id: id.into() },
        Event::CourseComplete { sequence_id: id.into() },
        Event::LinkClick { initiator_value: link.to_owned() },
        Event::ProductPurchase { product_id: id.into() },
        Event::TagAdd { tag_id: id.into() },
        Event::TagRemove { tag_id: id.into() },
        Event::PurchaseCreate,
        Event::FieldCreated,
        Event::FieldDeleted,
        Event::FieldValueUpdated { custom_field_id: id.into() },
    ]
}

/// Any of the documented events, with any id and a link that can be sent.
pub fn documented() -> impl Strategy<Value = Event> {
    let id = prop_oneof![any::<u64>(), Just(0), Just(u64::MAX)];
    let link = "https?://[a-z]{1,8}\\.example(:[1-9][0-9]{0,3})?(/[!-~&&[^\\[\\]]]{0,12})?";
    (0..15_usize, id, link).prop_map(|(index, id, link)| all(id, &link)[index].clone())
}

/// Any JSON value.
pub fn json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[0-9]{1,22}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map(any::<String>(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Any event as JSON: any name, documented or not, and any parameters.
pub fn event_json() -> impl Strategy<Value = serde_json::Value> {
    let documented = prop::sample::select(&DOCUMENTED[..]).prop_map(|(name, _)| name.to_owned());
    let short = documented.clone().prop_map(|name| short(&name).to_owned());
    let name = prop_oneof![documented, short, ".*"];
    let known = prop::sample::select(&PARAMETERS[..]).prop_map(str::to_owned);
    let key = prop_oneof![4 => known, 1 => Just("course_id".to_owned()), 1 => ".*"];
    (name, proptest::collection::hash_map(key, json(), 0..8)).prop_map(|(name, parameters)| {
        let mut event: serde_json::Map<_, _> = parameters.into_iter().collect();
        event.insert("name".to_owned(), name.into());
        event.into()
    })
}
