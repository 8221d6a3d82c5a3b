//! Lists of subscribers: all of them, and those of a form, a sequence or a tag.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::engagement::Engagement;
use crate::api::call::{Call, Range};
use crate::api::replies::{listed, page, page_of_rows};
use crate::changes::subscribers::is_valid;
use crate::rows::{Subscriber, World};
use crate::server::Reply;
use crate::world::{Page, Row};

const STATUSES: [&str; 6] = ["active", "inactive", "bounced", "complained", "cancelled", "all"];
const EXTRAS: [&str; 4] = ["attribution", "tags", "location", "canceled_at"];

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

const SORT_FIELDS: [&str; 10] = [
    "id",
    "created_at",
    "updated_at",
    "cancelled_at",
    "canceled_at",
    "engagement__sent",
    "engagement__opens",
    "engagement__clicks",
    "engagement__open_rate",
    "engagement__click_rate",
];

/// What is asked for beside the filters.
struct Asked<'a> {
    include: Vec<&'a str>,
    sort_field: &'static str,
    is_sorted: bool,
    is_ascending: bool,
}

impl<'a> Asked<'a> {
    /// # Errors
    ///
    /// 422 for what is unknown, and for what excludes each other. Kit's messages are documented for the first of them
    /// alone.
    fn read(call: &Call<'_>, include: &'a str, filters: &Filters) -> Result<Self, Reply> {
        let include: Vec<&str> =
            include.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        if let Some(unknown) = include.iter().find(|name| !EXTRAS.contains(name)) {
            return Err(Reply::unprocessable(format!(
                "include {unknown:?} is not one of: {}",
                EXTRAS.join(", ")
            )));
        }
        let sort_field = call.choice("sort_field", &SORT_FIELDS)?;
        let sort_order = call.choice("sort_order", &["asc", "desc"])?;
        let is_cancelled = filters.status == "cancelled";
        if matches!(sort_field, Some("cancelled_at" | "canceled_at")) && !is_cancelled {
            return Err(Reply::unprocessable(
                "The status param must be `cancelled` if sort_field is `cancelled_at`",
            ));
        }
        if include.contains(&"canceled_at") && !is_cancelled {
            return Err(Reply::unprocessable(
                "The status param must be `cancelled` if include has `canceled_at`",
            ));
        }
        let is_engagement = sort_field.is_some_and(|field| field.starts_with("engagement__"));
        if is_engagement && call.parameter("email_address").is_some() {
            return Err(Reply::unprocessable(
                "email_address cannot be used together with an engagement sort_field",
            ));
        }
        Ok(Self {
            include,
            sort_field: sort_field.unwrap_or("id"),
            is_sorted: sort_field.is_some() || sort_order.is_some(),
            is_ascending: sort_order == Some("asc"),
        })
    }
}

/// The ids of the subscribers with the addresses that are asked for. `None` where none are.
///
/// # Errors
///
/// 422 with Kit's message for what is no address: a `+` that is not encoded arrives as a blank.
fn addressed(world: &World, call: &Call<'_>) -> Result<Option<BTreeSet<u64>>, Reply> {
    let Some(addresses) = call.parameter("email_address") else { return Ok(None) };
    let mut ids = BTreeSet::new();
    for address in addresses.split(',') {
        if !is_valid(address) {
            return Err(Reply::unprocessable("email_address contains an invalid email address"));
        }
        ids.extend(world.tables.subscribers.find(address));
    }
    Ok(Some(ids))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let world = &*world;
    let filters = Filters::read(call, "updated")?;
    let include = call.parameter("include").unwrap_or_default();
    let asked = Asked::read(call, &include, &filters)?;
    let addressed = addressed(world, call)?;
    let table = world.tables.subscribers.rows();
    let is_asked_for = |subscriber: &Subscriber| {
        addressed.as_ref().is_none_or(|ids| ids.contains(&subscriber.id))
            && filters.let_through(subscriber, &subscriber.updated_at)
    };
    let to_json = |subscriber: &Subscriber| {
        let mut json = filters.json(world, subscriber);
        for extra in &asked.include {
            json[*extra] = match *extra {
                "attribution" => subscriber.attribution_json(world),
                "tags" => tag_names(world, subscriber),
                "location" => subscriber.location_json(),
                _ => subscriber.canceled_at.as_deref().into(),
            };
        }
        json
    };
    if !asked.is_sorted {
        return page(call, "subscribers", table, is_asked_for, to_json);
    }
    let page = Page::read(call.request.parameters()).map_err(Reply::unprocessable)?;
    // Who was on the page before may not be listed any more: what comes behind it is.
    let is_there = |s: &&Subscriber| is_asked_for(s) || page.cursor_row() == Some(s.id);
    let mut rows: Vec<&Subscriber> = table.oldest_first().filter(is_there).collect();
    sort(world, &mut rows, &asked);
    let nowhere = || Reply::unprocessable("the cursor is of no subscriber");
    let has_left = |subscriber: &&Subscriber| !is_asked_for(subscriber);
    let (rows, pagination) = page.of_sorted(rows, has_left).ok_or_else(nowhere)?;
    Ok(listed("subscribers", rows.into_iter().map(to_json).collect(), pagination))
}

fn sort(world: &World, rows: &mut [&Subscriber], asked: &Asked<'_>) {
    match asked.sort_field {
        "created_at" => rows.sort_by(|a, b| (&a.created_at, a.id).cmp(&(&b.created_at, b.id))),
        "updated_at" => rows.sort_by(|a, b| (&a.updated_at, a.id).cmp(&(&b.updated_at, b.id))),
        "cancelled_at" | "canceled_at" => {
            rows.sort_by(|a, b| (&a.canceled_at, a.id).cmp(&(&b.canceled_at, b.id)));
        }
        "id" => rows.sort_by_key(|row| row.id),
        engagement => {
            let of_90_days = Engagement::of_90_days(world);
            rows.sort_by_cached_key(|row| (of_90_days.key(engagement, row.id), row.id));
        }
    }
    if !asked.is_ascending {
        rows.reverse();
    }
}

/// The tags of a subscriber, with their ids as integers.
pub(super) fn tag_names(world: &World, subscriber: &Subscriber) -> Value {
    let tags = subscriber.tags.keys().filter_map(|id| world.tables.tags.get(*id));
    tags.map(|tag| json!({"id": tag.id, "name": tag.name})).collect()
}

/// A tag of a subscriber.
struct Tagging<'a> {
    id: u64,
    name: &'a str,
    tagged_at: &'a str,
}

impl Row for Tagging<'_> {
    fn id(&self) -> u64 {
        self.id
    }
}

pub(super) fn tags(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let subscriber = world.tables.subscribers.get(call.first_id()?).ok_or_else(Reply::not_found)?;
    let taggings = subscriber.tags.iter().filter_map(|(id, tagged_at)| {
        let tag = world.tables.tags.get(*id)?;
        Some(Tagging { id: *id, name: &tag.name, tagged_at })
    });
    page_of_rows(call, "tags", taggings, |tagging| {
        let mut json = Map::new();
        json.insert("id".into(), tagging.id.into());
        json.insert("name".into(), tagging.name.into());
        json.insert("tagged_at".into(), tagging.tagged_at.into());
        json.into()
    })
}
