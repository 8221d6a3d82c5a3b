//! The conditions of the subscriber filter: made up as JSON, and made of JSON.

use std::ops::Bound;

use kit_core::subscribers::{
    AttributionSource, ClickedUrls, Clicks, Condition, Engagement, FieldTest, KitSource,
    Subscribed, SubscriberState, TagSet,
};
use kit_core::{Date, Decimal, Error};
use serde_json::{Map, Value, json};

use super::arguments::{Arguments, with};
use crate::facts::Values;

/// A condition that Kit's documentation allows.
pub(super) fn made_up(values: &mut Values) -> Value {
    let mut condition = Map::new();
    let engagement = ["opens", "clicks", "sent", "delivered"];
    let other =
        ["subscribed", "subscriber_state", "tags", "attribution", "custom_field", "location"];
    let of = values.index(10);
    let name = engagement.iter().chain(&other).nth(of).expect("a type");
    condition.insert("type".into(), (*name).into());
    let mut set = |name: &str, value: Value| drop(condition.insert(name.into(), value));
    let ids = |values: &mut Values| -> Vec<u64> { vec![values.below(99), values.below(99)] };
    match *name {
        "opens" | "clicks" | "sent" | "delivered" => {
            if values.is_there() {
                let bound = values.one(&["count_greater_than", "count_greater_than_or_equal"]);
                set(bound, json!(values.below(9)));
            }
            if values.is_there() {
                let bound = values.one(&["count_less_than", "count_less_than_or_equal"]);
                set(bound, json!(values.below(9)));
            }
            days(values, &mut set);
            let mut any = Vec::new();
            if values.is_there() {
                any.push(json!({"type": "broadcasts", "ids": ids(values)}));
            }
            if *name == "clicks" && values.is_there() {
                any.push(json!({"type": "urls", "ids": ids(values)}));
                let matching = values.one(&["exact", "contains", "starts_with", "ends_with"]);
                any.push(json!({"type": "urls", "urls": [values.text()], "matching": matching}));
            }
            if !any.is_empty() {
                set("any", any.into());
            }
        }
        "subscribed" => days(values, &mut set),
        "subscriber_state" => set("states", json!([values.one(&["active", "cancelled"])])),
        "tags" => {
            let (first, second) = (ids(values), ids(values));
            set(
                "any",
                json!([{"type": "ids", "matching": first}, {"type": "ids", "matching": second}]),
            );
        }
        "attribution" => {
            let source = json!({"type": "kit_source", "source_type": values.text(), "source_ids": ids(values),
                "source_names": [values.text()], "mechanism": values.text(), "mechanism_ids": ids(values)});
            set("any", json!([{"type": "forms", "ids": ids(values)}, source]));
        }
        "custom_field" => {
            set("subscriber_custom_field_id", json!(values.below(99)));
            let comparison = values.one(&[
                "is",
                "contains",
                "has_value",
                "greater_than",
                "greater_than_or_equal",
                "less_than",
                "less_than_or_equal",
            ]);
            set("comparison", comparison.into());
            match comparison {
                "is" | "contains" => set("value", values.text().into()),
                "has_value" => {}
                _ => set("value", format!("{}.50", values.below(99)).into()),
            }
        }
        _ => {
            set("latitude", json!(43.6));
            set("longitude", json!(-116.25));
            set("radius", json!(25.5));
        }
    }
    Value::Object(condition)
}

fn days(values: &mut Values, set: &mut impl FnMut(&str, Value)) {
    for name in ["after", "before"] {
        if values.is_there() {
            set(name, values.date().into());
        }
    }
}

/// The condition, as the client has it.
pub(super) fn condition(a: &Arguments) -> Result<Condition, Error> {
    Ok(match &*a.text("type") {
        "opens" => Condition::Opens(engagement(a)),
        "sent" => Condition::Sent(engagement(a)),
        "delivered" => Condition::Delivered(engagement(a)),
        "clicks" => Condition::Clicks(clicks(a)),
        "subscribed" => Condition::Subscribed(subscribed(a)),
        "subscriber_state" => {
            let states = a.texts("states").unwrap_or_default();
            Condition::states(states.into_iter().map(SubscriberState::from))
        }
        "tags" => {
            let set = |entry: &Arguments| {
                TagSet::new(entry.numbers("matching").into_iter().map(Into::into))
            };
            Condition::Tags { any: a.list("any").iter().map(set).collect() }
        }
        "attribution" => Condition::Attribution { any: a.list("any").iter().map(source).collect() },
        "custom_field" => Condition::field(a.id("subscriber_custom_field_id"), test(a)),
        "location" => {
            let number = |name| a.get(name).and_then(Value::as_f64).expect("a number");
            Condition::near(number("latitude"), number("longitude"), number("radius"))?
        }
        _ => Condition::Other(a.body.clone()),
    })
}

fn count(a: &Arguments) -> (Bound<u64>, Bound<u64>) {
    let bound = |excluded: &str, included: &str| match (a.number(excluded), a.number(included)) {
        (Some(count), _) => Bound::Excluded(count),
        (None, Some(count)) => Bound::Included(count),
        (None, None) => Bound::Unbounded,
    };
    (
        bound("count_greater_than", "count_greater_than_or_equal"),
        bound("count_less_than", "count_less_than_or_equal"),
    )
}

fn engagement(a: &Arguments) -> Engagement {
    let engagement = Engagement::new().with_count(count(a));
    let engagement = with(engagement, a.parsed("after"), Engagement::after);
    let engagement = with(engagement, a.parsed("before"), Engagement::before);
    a.list("any").iter().fold(engagement, |engagement, entry| {
        engagement.of_broadcasts(entry.numbers("ids").into_iter().map(Into::into))
    })
}

fn clicks(a: &Arguments) -> Clicks {
    let clicks = Clicks::new().with_count(count(a));
    let clicks = with(clicks, a.parsed("after"), Clicks::after);
    let clicks = with(clicks, a.parsed("before"), Clicks::before);
    a.list("any").iter().fold(clicks, |clicks, entry| {
        match (&*entry.text("type"), entry.texts("urls")) {
            ("broadcasts", _) => {
                clicks.of_broadcasts(entry.numbers("ids").into_iter().map(Into::into))
            }
            (_, Some(urls)) => {
                clicks.on(ClickedUrls::matching(entry.text("matching").into(), urls))
            }
            (_, None) => clicks.on(ClickedUrls::with_ids(entry.numbers("ids"))),
        }
    })
}

fn subscribed(a: &Arguments) -> Subscribed {
    match (a.parsed::<Date>("after"), a.parsed::<Date>("before")) {
        (Some(after), Some(before)) => Subscribed::between(after, before),
        (Some(after), None) => Subscribed::after(after),
        (None, Some(before)) => Subscribed::before(before),
        (None, None) => Subscribed::default(),
    }
}

fn source(entry: &Arguments) -> AttributionSource {
    if entry.text("type") == "forms" {
        let ids = entry.numbers("ids").into_iter().map(Into::into).collect();
        return AttributionSource::Forms { ids };
    }
    AttributionSource::KitSource(KitSource {
        source_type: entry.optional_text("source_type"),
        source_ids: entry.numbers("source_ids"),
        source_names: entry.texts("source_names").unwrap_or_default(),
        mechanism: entry.optional_text("mechanism"),
        mechanism_ids: entry.numbers("mechanism_ids"),
    })
}

fn test(a: &Arguments) -> FieldTest {
    let number = || a.parsed::<Decimal>("value").expect("a number");
    match &*a.text("comparison") {
        "is" => FieldTest::Is(a.text("value")),
        "contains" => FieldTest::Contains(a.text("value")),
        "has_value" => FieldTest::HasValue,
        "greater_than" => FieldTest::GreaterThan(number()),
        "greater_than_or_equal" => FieldTest::AtLeast(number()),
        "less_than" => FieldTest::LessThan(number()),
        _ => FieldTest::AtMost(number()),
    }
}
