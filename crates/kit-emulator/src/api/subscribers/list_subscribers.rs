//! `GET /v4/subscribers`.

use std::collections::BTreeSet;

use super::engagement::Engagement;
use super::filters::Filters;
use super::list_subscriber_tags::tag_names;
use crate::api::call::Call;
use crate::api::replies::{listed, page};
use crate::changes::subscribers::is_valid;
use crate::rows::{Subscriber, World};
use crate::server::Reply;
use crate::world::Page;

const EXTRAS: [&str; 4] = ["attribution", "tags", "location", "canceled_at"];

pub(super) const SORT_FIELDS: [&str; 10] = [
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

/// The parameters beside the filters.
pub(super) struct Asked<'a> {
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
    // The last subscriber of the page before may not be listed any more, but those behind are.
    let is_there = |s: &&Subscriber| is_asked_for(s) || page.cursor_row() == Some(s.id);
    let mut rows: Vec<&Subscriber> = table.oldest_first().filter(is_there).collect();
    sort(world, &mut rows, &asked);
    let nowhere = || Reply::unprocessable("the cursor is of no subscriber");
    let has_left = |subscriber: &&Subscriber| !is_asked_for(subscriber);
    let (rows, pagination) = page.of_sorted(rows, has_left).ok_or_else(nowhere)?;
    Ok(listed("subscribers", rows.into_iter().map(to_json).collect(), pagination))
}

pub(super) fn sort(world: &World, rows: &mut [&Subscriber], asked: &Asked<'_>) {
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
