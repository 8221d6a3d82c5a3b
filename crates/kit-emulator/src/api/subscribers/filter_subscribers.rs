//! `POST /v4/subscribers/filter`: conditions, each of which has to hold.

use std::borrow::Cow;

use serde_json::Value;

use super::condition::{self, Condition};
use super::engagement::Engagement;
use super::list_subscriber_tags::tag_names;
use super::place::Place;
use super::stats;
use super::stats::ninety_days_ago;
use crate::api::call::Call;
use crate::api::replies::listed;
use crate::rows::{Subscriber, World};
use crate::server::{Input, Reply};
use crate::world::Page;

/// How many subscribers a page has at most, by a client's note.
const MAX_PER_PAGE: usize = 100;

pub(super) fn filter(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let world = &*world;
    let input = Input::read(call.request)?;
    let all = input.list("all")?.ok_or_else(|| Reply::unprocessable("all must be provided"))?;
    let counts_emails = match input.text("counting_mode")?.as_deref() {
        None | Some("raw") => false,
        Some("unique_email") => true,
        Some(_) => {
            return Err(Reply::unprocessable("counting_mode must be one of: raw, unique_email"));
        }
    };
    let conditions = Condition::read_all(world, &all, counts_emails)?;
    let include = input.list("include")?.unwrap_or_default();
    let page = Page::read(parameters(&input).into_iter().chain(call.request.parameters()));
    let page = page.map_err(Reply::unprocessable)?.with_at_most(MAX_PER_PAGE);
    let is_found = |subscriber: &&Subscriber| condition::all_hold(&conditions, world, subscriber);
    // The last subscriber of the page before may not be found any more, but those behind are.
    let all = world.tables.subscribers.rows().oldest_first();
    let is_cursor = |subscriber: &&Subscriber| page.cursor_row() == Some(subscriber.id);
    let mut rows: Vec<&Subscriber> = all.filter(|s| is_cursor(s) || is_found(s)).collect();
    sort(world, &mut rows, &input, &conditions)?;
    let nowhere = || Reply::unprocessable("the cursor is of no subscriber");
    let (rows, mut pagination) = page.of_sorted(rows, |s| !is_found(s)).ok_or_else(nowhere)?;
    if page.is_backwards() {
        // The flags are those of the direction of travel, as nowhere else.
        let flag = pagination["has_next_page"].take();
        pagination["has_next_page"] = pagination["has_previous_page"].take();
        pagination["has_previous_page"] = flag;
    }
    let rows: Value = rows.into_iter().map(|row| to_json(world, row, &include)).collect();
    Ok(listed("subscribers", rows, pagination))
}

/// The page that is asked for, from the body. (It may be in the query, too.)
pub(super) fn parameters(input: &Input) -> Vec<(Cow<'static, str>, Cow<'static, str>)> {
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

pub(super) const SORT_FIELDS: [&str; 10] = [
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

/// By default the newest first, and the nearest.
pub(super) fn sort(
    world: &World,
    rows: &mut [&Subscriber],
    input: &Input,
    conditions: &[Condition],
) -> Result<(), Reply> {
    let field = input.text("sort_field")?.unwrap_or_else(|| "created_at".into());
    if !SORT_FIELDS.contains(&field.as_str()) {
        let fields = SORT_FIELDS.join(", ");
        return Err(Reply::unprocessable(format!("sort_field must be one of: {fields}")));
    }
    let place = conditions.iter().find_map(|condition| match condition {
        Condition::Location(place) => Some(place),
        _ => None,
    });
    match field.as_str() {
        "id" => rows.sort_by_key(|row| row.id),
        "created_at" => rows.sort_by(|a, b| (&a.created_at, a.id).cmp(&(&b.created_at, b.id))),
        "first_name" => {
            rows.sort_by_cached_key(|row| {
                (row.first_name.as_deref().map(str::to_lowercase), row.id)
            });
        }
        "email_address" => {
            rows.sort_by_cached_key(|row| (row.email_address.to_lowercase(), row.id));
        }
        "location__distance" => sort_by_distance(rows, place)?,
        engagement => {
            let of_90_days = Engagement::of_90_days(world);
            rows.sort_by_cached_key(|row| (of_90_days.key(engagement, row.id), row.id));
        }
    }
    match input.text("sort_order")?.as_deref() {
        Some("asc") => {}
        None if field == "location__distance" => {}
        None | Some("desc") => rows.reverse(),
        Some(_) => return Err(Reply::unprocessable("sort_order must be one of: asc, desc")),
    }
    Ok(())
}

fn sort_by_distance(rows: &mut [&Subscriber], place: Option<&Place>) -> Result<(), Reply> {
    let missing =
        || Reply::unprocessable("sort_field location__distance needs a location condition");
    let place = place.ok_or_else(missing)?;
    let distance = |row: &Subscriber| place.distance(row).unwrap_or(f64::MAX);
    rows.sort_by(|a, b| distance(a).total_cmp(&distance(b)).then(a.id.cmp(&b.id)));
    Ok(())
}

pub(super) fn to_json(world: &World, subscriber: &Subscriber, include: &[Value]) -> Value {
    let mut json = subscriber.to_short_json();
    json["id"] = subscriber.id.to_string().into();
    let tags: Vec<_> = subscriber.tags.keys().filter_map(|id| world.tables.tags.get(*id)).collect();
    json["tag_names"] = tags.iter().map(|tag| tag.name.as_str()).collect();
    json["tag_ids"] = tags.iter().map(|tag| tag.id.to_string()).collect();
    for extra in include {
        match extra["type"].as_str().unwrap_or_default() {
            "attribution" => json["attribution"] = subscriber.attribution_json(world),
            "tags" => json["tags"] = tag_names(world, subscriber),
            "location" => json["location"] = subscriber.location_json(),
            "canceled_at" => json["canceled_at"] = subscriber.canceled_at.as_deref().into(),
            // Asked for twice, they would be counted twice.
            "stats" if json.get("stats").is_none() => {
                json["stats"] = stats_json(world, subscriber, &extra["range"]);
            }
            "custom_fields" => json["fields"] = subscriber.fields_json(&world.tables.custom_fields),
            _ => {}
        }
    }
    json
}

fn stats_json(world: &World, subscriber: &Subscriber, range: &Value) -> Value {
    let (start, end) = (range["start"].as_str(), range["end"].as_str());
    let default = ninety_days_ago(world);
    let start = start.or_else(|| end.is_none().then_some(default.as_str()));
    let is_counted = |time: &str| {
        start.is_none_or(|start| time >= start) && end.is_none_or(|end| time.get(..10) <= Some(end))
    };
    stats::of(world, subscriber.id, is_counted)
}
