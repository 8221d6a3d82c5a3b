//! `POST /v4/subscribers/filter`: conditions, each of which has to hold.

use serde_json::{Value, json};

use super::list::tag_names;
use super::{Subscriber, stats};
use crate::api::broadcasts::{self, Broadcast};
use crate::api::call::Call;
use crate::api::input::Input;
use crate::api::{World, time};
use crate::server::Reply;
use crate::world::Page;

pub(super) fn filter(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let input = Input::read(call)?;
    let all = input.list("all")?.ok_or_else(|| Reply::unprocessable("all must be provided"))?;
    let counts_emails = match input.text("counting_mode")?.as_deref() {
        None | Some("raw") => false,
        Some("unique_email") => true,
        Some(_) => {
            return Err(Reply::unprocessable("counting_mode must be one of: raw, unique_email"));
        }
    };
    let conditions: Result<Vec<Condition>, Reply> = all.iter().map(Condition::read).collect();
    let conditions = conditions?;
    let include = input.list("include")?.unwrap_or_default();
    let page = Page::read(parameters(&input).into_iter().chain(call.request.parameters()));
    let page = page.map_err(Reply::unprocessable)?;
    let is_found = |subscriber: &&Subscriber| {
        conditions.iter().all(|condition| condition.holds(world, subscriber, counts_emails))
    };
    // Who was on the page before may not be found any more: what comes behind it is.
    let all = world.tables.subscribers.rows().oldest_first();
    let is_cursor = |subscriber: &&Subscriber| page.cursor_row() == Some(subscriber.id);
    let mut rows: Vec<&Subscriber> = all.filter(|s| is_cursor(s) || is_found(s)).collect();
    sort(world, &mut rows, &input, &conditions)?;
    let nowhere = || Reply::unprocessable("the cursor is of no subscriber");
    let (rows, pagination) = page.of_sorted(rows, |s| !is_found(s)).ok_or_else(nowhere)?;
    let rows: Vec<Value> = rows.into_iter().map(|row| to_json(world, row, &include)).collect();
    let body = json!({"subscribers": rows, "pagination": pagination});
    Ok(Reply::json(http::StatusCode::OK, body))
}

/// Which page is asked for: where Kit reads it is not documented, and so it may be in the body or in the query.
fn parameters(
    input: &Input,
) -> Vec<(std::borrow::Cow<'static, str>, std::borrow::Cow<'static, str>)> {
    let names = ["after", "before", "per_page", "include_total_count"];
    let given = names.into_iter().filter_map(|name| {
        let value = match input.get(name)? {
            Value::String(text) if text.is_empty() => return None,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Some((name.into(), value.into()))
    });
    given.collect()
}

/// By default the newest first.
fn sort(
    world: &World,
    rows: &mut [&Subscriber],
    input: &Input,
    conditions: &[Condition],
) -> Result<(), Reply> {
    let field = input.text("sort_field")?.unwrap_or_else(|| "created_at".into());
    let since = ninety_days_ago(world);
    let place = conditions.iter().find_map(|condition| match condition {
        Condition::Location { latitude, longitude, .. } => Some((*latitude, *longitude)),
        _ => None,
    });
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let key = |subscriber: &Subscriber| -> (String, u64) {
        let text = |text: &str| (text.to_lowercase(), subscriber.id);
        let number = |number: f64| (String::new(), (number * 1000.0) as u64);
        let of_90_days = || stats::of(world, subscriber.id, |time| time >= since.as_str());
        match field.as_str() {
            "first_name" => text(subscriber.first_name.as_deref().unwrap_or_default()),
            "email_address" => text(&subscriber.email_address),
            "created_at" => text(&subscriber.created_at),
            "engagement__sent" => number(of_90_days()["sent"].as_u64().unwrap_or_default() as f64),
            "engagement__opens" => {
                number(of_90_days()["opened"].as_u64().unwrap_or_default() as f64)
            }
            "engagement__clicks" => {
                number(of_90_days()["clicked"].as_u64().unwrap_or_default() as f64)
            }
            "engagement__open_rate" => {
                number(of_90_days()["open_rate"].as_f64().unwrap_or_default())
            }
            "engagement__click_rate" => {
                number(of_90_days()["click_rate"].as_f64().unwrap_or_default())
            }
            "location__distance" => number(
                place.and_then(|place| distance(subscriber, place)).unwrap_or(f64::MAX / 1e6),
            ),
            _ => (String::new(), subscriber.id),
        }
    };
    let known = [
        "id",
        "first_name",
        "email_address",
        "created_at",
        "engagement__sent",
        "engagement__opens",
        "engagement__clicks",
        "engagement__open_rate",
        "engagement__click_rate",
        "location__distance",
    ];
    if !known.contains(&field.as_str()) {
        return Err(Reply::unprocessable(format!(
            "sort_field must be one of: {}",
            known.join(", ")
        )));
    }
    if field == "location__distance" && place.is_none() {
        return Err(Reply::unprocessable(
            "sort_field location__distance needs a location condition",
        ));
    }
    rows.sort_by_cached_key(|subscriber| (key(subscriber), subscriber.id));
    match input.text("sort_order")?.as_deref() {
        Some("asc") => {}
        None if field == "location__distance" => {}
        None | Some("desc") => rows.reverse(),
        Some(_) => return Err(Reply::unprocessable("sort_order must be one of: asc, desc")),
    }
    Ok(())
}

fn to_json(world: &World, subscriber: &Subscriber, include: &[Value]) -> Value {
    let mut json = subscriber.to_short_json();
    json["id"] = subscriber.id.to_string().into();
    let tags: Vec<_> = subscriber.tags.keys().filter_map(|id| world.tables.tags.get(*id)).collect();
    json["tag_names"] = tags.iter().map(|tag| tag.name.as_str()).collect();
    json["tag_ids"] = tags.iter().map(|tag| tag.id.to_string()).collect();
    for extra in include {
        match extra["type"].as_str().unwrap_or_default() {
            "attribution" => {
                let form = |id| world.tables.forms.get(id).map(|form| form.name.clone());
                json["attribution"] = subscriber.attribution_json(form);
            }
            "tags" => json["tags"] = tag_names(world, subscriber),
            "location" => json["location"] = subscriber.location_json(),
            "canceled_at" => {
                json["canceled_at"] =
                    subscriber.canceled_at.as_deref().map_or(Value::Null, Into::into);
            }
            "stats" => {
                let (start, end) =
                    (extra["range"]["start"].as_str(), extra["range"]["end"].as_str());
                let default = ninety_days_ago(world);
                let start = start.or_else(|| end.is_none().then_some(default.as_str()));
                let is_counted = |time: &str| {
                    start.is_none_or(|start| time >= start)
                        && end.is_none_or(|end| time.get(..10) <= Some(end))
                };
                json["stats"] = stats::of(world, subscriber.id, is_counted);
            }
            "custom_fields" => json["fields"] = subscriber.fields_json(&world.tables.custom_fields),
            _ => {}
        }
    }
    json
}

fn ninety_days_ago(world: &World) -> String {
    time::text(time::seconds(&time::now(world)) - 90 * 24 * 60 * 60)
}

/// A condition, as it was sent.
enum Condition {
    Engagement { kind: String, input: Input, any: Vec<Value> },
    Subscribed(Input),
    States(Vec<String>),
    Tags(Vec<Vec<u64>>),
    Attribution(Vec<Value>),
    Field { field: u64, comparison: String, value: String },
    Location { latitude: f64, longitude: f64, radius: f64 },
}

impl Condition {
    /// # Errors
    ///
    /// 422 for what is no condition. Kit's messages are not documented.
    fn read(value: &Value) -> Result<Self, Reply> {
        let input = Input::of(value);
        let kind = input.filled("type", "all: a condition has no type")?;
        let missing = |field: &str| Reply::unprocessable(format!("all: {kind} needs {field}"));
        let any = input.list("any")?.unwrap_or_default();
        let ids = |key: &str| -> Vec<Vec<u64>> {
            let list = |entry: &Value| {
                entry[key].as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
            };
            any.iter().map(list).collect()
        };
        Ok(match kind.as_str() {
            "opens" | "clicks" | "sent" | "delivered" => Self::Engagement { kind, input, any },
            "subscribed" => Self::Subscribed(input),
            "subscriber_state" => {
                Self::States(input.texts("states")?.ok_or_else(|| missing("states"))?)
            }
            "tags" => Self::Tags(ids("matching")),
            "attribution" => Self::Attribution(any.clone()),
            "custom_field" => Self::Field {
                field: input
                    .integer("subscriber_custom_field_id")?
                    .ok_or_else(|| missing("subscriber_custom_field_id"))?,
                comparison: input.text("comparison")?.unwrap_or_else(|| "is".into()),
                value: input.text("value")?.unwrap_or_default(),
            },
            "location" => Self::Location {
                latitude: input.number("latitude")?.ok_or_else(|| missing("latitude"))?,
                longitude: input.number("longitude")?.ok_or_else(|| missing("longitude"))?,
                radius: input.number("radius")?.ok_or_else(|| missing("radius"))?,
            },
            _ => return Err(Reply::unprocessable(format!("all: {kind:?} is no condition"))),
        })
    }

    fn holds(&self, world: &World, subscriber: &Subscriber, counts_emails: bool) -> bool {
        match self {
            Self::Engagement { kind, input, any } => {
                let broadcasts = stats::sent_to(world, subscriber.id);
                let of = broadcasts.filter(|broadcast| is_within(&broadcast.sent_at(), input));
                let count = of
                    .map(|broadcast| events(broadcast, kind, subscriber.id, any, counts_emails))
                    .sum();
                is_count(count, input)
            }
            Self::Subscribed(input) => is_within(&subscriber.created_at, input),
            Self::States(states) => states.contains(&subscriber.state),
            // Kit's documentation does not say whether one of them is enough: it is here.
            Self::Tags(any) => any.iter().flatten().any(|tag| subscriber.tags.contains_key(tag)),
            Self::Attribution(any) => {
                let form = |id| world.tables.forms.get(id).map(|form| form.name.clone());
                let source = subscriber.attribution_json(form);
                any.iter().any(|entry| is_from(&source, entry))
            }
            Self::Field { field, comparison, value } => {
                // Who has no value meets no comparison.
                let stored = subscriber.fields.get(field);
                stored.is_some_and(|stored| compares(stored, comparison, value))
            }
            Self::Location { latitude, longitude, radius } => {
                distance(subscriber, (*latitude, *longitude)).is_some_and(|miles| miles <= *radius)
            }
        }
    }
}

/// Whether a source is that of an entry: all that an entry names has to hold.
fn is_from(source: &Value, entry: &Value) -> bool {
    let names = |key: &str, value: &Value| {
        entry.get(key).is_none_or(|given| match given.as_array() {
            Some(list) => list.contains(value),
            None => given == value,
        })
    };
    let form = &source["source_mechanism_id"];
    match entry["type"].as_str() {
        Some("forms") => entry.get("ids").is_some() && names("ids", form),
        Some("kit_source") => {
            names("source_type", &source["source_type"])
                && names("source_ids", form)
                && names("source_names", &source["source_name"])
                && names("mechanism", &source["source_mechanism"])
                && names("mechanism_ids", form)
        }
        _ => false,
    }
}

/// How many events of a broadcast a subscriber has, as far as an entry names them, if there are any.
fn events(broadcast: &Broadcast, kind: &str, id: u64, any: &[Value], counts_emails: bool) -> u64 {
    let is_named = |entry: &Value| {
        let ids = entry["ids"].as_array().into_iter().flatten();
        entry["type"] == "broadcasts" && ids.into_iter().any(|id| *id == broadcast.id)
    };
    let is_of = any.is_empty() || any.iter().any(is_named);
    match kind {
        "opens" => u64::from(is_of && broadcasts::is_opened(broadcast.id, id)),
        "clicks" if broadcasts::is_clicked(broadcast, id) => {
            // (The emulator's links have no ids.)
            let links = broadcast.links();
            let count = links.iter().filter(|link| is_of || any.iter().any(|e| is_link(link, e)));
            let count = count.count() as u64;
            if counts_emails { count.min(1) } else { count }
        }
        "clicks" => 0,
        _ => u64::from(is_of),
    }
}

/// Whether a link matches an entry of URLs.
fn is_link(link: &str, entry: &Value) -> bool {
    let urls = entry["urls"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut urls = urls.filter(|_| entry["type"] == "urls");
    let matching = entry["matching"].as_str().unwrap_or("exact");
    urls.any(|url| match matching {
        "contains" => link.contains(url),
        "starts_with" => link.starts_with(url),
        "ends_with" => link.ends_with(url),
        _ => link == url,
    })
}

/// Without bounds, one is enough: Kit's default is not documented.
fn is_count(count: u64, input: &Input) -> bool {
    let bound = |key: &str| input.get(key).and_then(Value::as_u64);
    let bounds = [
        bound("count_greater_than").map(|bound| count > bound),
        bound("count_greater_than_or_equal").map(|bound| count >= bound),
        bound("count_less_than").map(|bound| count < bound),
        bound("count_less_than_or_equal").map(|bound| count <= bound),
    ];
    if bounds.iter().all(Option::is_none) {
        count > 0
    } else {
        bounds.into_iter().flatten().all(|holds| holds)
    }
}

fn is_within(time: &str, input: &Input) -> bool {
    let bound = |key: &str| input.get(key).and_then(Value::as_str);
    bound("after").is_none_or(|after| time > after)
        && bound("before").is_none_or(|before| time < before)
}

fn compares(stored: &str, comparison: &str, value: &str) -> bool {
    let numbers = || Some((stored.trim().parse::<f64>().ok()?, value.trim().parse::<f64>().ok()?));
    match comparison {
        "contains" => !stored.is_empty() && stored.to_lowercase().contains(&value.to_lowercase()),
        "has_value" => !stored.is_empty(),
        "greater_than" => numbers().is_some_and(|(a, b)| a > b),
        "greater_than_or_equal" => numbers().is_some_and(|(a, b)| a >= b),
        "less_than" => numbers().is_some_and(|(a, b)| a < b),
        "less_than_or_equal" => numbers().is_some_and(|(a, b)| a <= b),
        _ => stored == value,
    }
}

/// In miles, by the formula of haversines.
fn distance(subscriber: &Subscriber, (latitude, longitude): (f64, f64)) -> Option<f64> {
    const RADIUS: f64 = 3958.8;
    let location = subscriber.location.as_ref()?;
    let (other_latitude, other_longitude) =
        (location["latitude"].as_f64()?, location["longitude"].as_f64()?);
    let half = |a: f64, b: f64| ((a - b).to_radians() / 2.0).sin().powi(2);
    let h = half(latitude, other_latitude)
        + latitude.to_radians().cos()
            * other_latitude.to_radians().cos()
            * half(longitude, other_longitude);
    Some(2.0 * RADIUS * h.sqrt().min(1.0).asin())
}
