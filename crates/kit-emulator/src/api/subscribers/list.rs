//! Lists of subscribers: all of them, and those of a form, a sequence or a tag.

use serde_json::{Map, Value, json};

use super::Subscriber;
use crate::api::World;
use crate::api::call::Call;
use crate::api::input::page;
use crate::server::Reply;
use crate::world::{Page, Row};

const STATUSES: [&str; 6] = ["active", "inactive", "bounced", "complained", "cancelled", "all"];
const EXTRAS: [&str; 4] = ["attribution", "tags", "location", "canceled_at"];

/// Whether a subscriber is of a status.
pub(in crate::api) fn is_status(subscriber: &Subscriber, status: &str) -> bool {
    status == "all" || subscriber.state == status
}

/// The filters that all lists of subscribers share.
pub(in crate::api) struct Filters<'a> {
    call: &'a Call<'a>,
    pub(in crate::api) status: &'static str,
}

impl<'a> Filters<'a> {
    /// # Errors
    ///
    /// 422 for a status that is none.
    pub(in crate::api) fn read(call: &'a Call<'a>) -> Result<Self, Reply> {
        let status = call.choice("status", &STATUSES)?.unwrap_or("active");
        call.check_dates(&["created", "updated", "added", "tagged"])?;
        Ok(Self { call, status })
    }

    /// Whether a subscriber is asked for, who came to the form, the sequence or the tag at this time.
    pub(in crate::api) fn let_through(
        &self,
        subscriber: &Subscriber,
        name: &str,
        at: &str,
    ) -> bool {
        is_status(subscriber, self.status)
            && self.call.is_between("created", &subscriber.created_at)
            && self.call.is_between(name, at)
    }
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let filters = Filters::read(call)?;
    let include = call.parameter("include").unwrap_or_default();
    let include: Vec<&str> =
        include.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if let Some(unknown) = include.iter().find(|name| !EXTRAS.contains(name)) {
        return Err(Reply::unprocessable(format!(
            "include {unknown:?} is not one of: {}",
            EXTRAS.join(", ")
        )));
    }
    let sort_field =
        call.choice("sort_field", &["id", "created_at", "updated_at", "cancelled_at"])?;
    let sort_order = call.choice("sort_order", &["asc", "desc"])?;
    if sort_field == Some("cancelled_at") && filters.status != "cancelled" {
        return Err(Reply::unprocessable(
            "The status param must be `cancelled` if sort_field is `cancelled_at`",
        ));
    }
    let addresses = call.parameter("email_address").map(|text| text.to_lowercase());
    let is_addressed = |subscriber: &Subscriber| {
        let address = subscriber.email_address.to_lowercase();
        addresses.as_ref().is_none_or(|list| list.split(',').any(|asked| asked.trim() == address))
    };
    let tables = &world.tables;
    let rows = tables.subscribers.rows().oldest_first().filter(|subscriber| {
        is_addressed(subscriber)
            && filters.let_through(subscriber, "updated", &subscriber.updated_at)
    });
    let to_json = |subscriber: &Subscriber| {
        let mut json = subscriber.to_json(&tables.custom_fields);
        for extra in &include {
            match *extra {
                "attribution" => {
                    let form = |id| tables.forms.get(id).map(|form| form.name.clone());
                    json["attribution"] = subscriber.attribution_json(form);
                }
                "tags" => json["tags"] = tag_names(world, subscriber),
                "location" => json["location"] = subscriber.location_json(),
                _ if filters.status == "cancelled" => {
                    json["canceled_at"] =
                        subscriber.canceled_at.as_deref().map_or(Value::Null, Into::into);
                }
                _ => {}
            }
        }
        json
    };
    if sort_field.is_none() && sort_order.is_none() {
        return page(call, "subscribers", rows, to_json);
    }
    let page = Page::read(call.request.parameters()).map_err(Reply::unprocessable)?;
    let listed: std::collections::BTreeSet<u64> = rows.map(Row::id).collect();
    // Who was on the page before may not be listed any more: what comes behind it is.
    let all = tables.subscribers.rows().oldest_first();
    let is_there = |s: &&Subscriber| listed.contains(&s.id) || page.cursor_row() == Some(s.id);
    let mut rows: Vec<&Subscriber> = all.filter(is_there).collect();
    let key = |subscriber: &Subscriber| match sort_field {
        Some("created_at") => subscriber.created_at.clone(),
        Some("updated_at") => subscriber.updated_at.clone(),
        Some("cancelled_at") => subscriber.canceled_at.clone().unwrap_or_default(),
        _ => String::new(),
    };
    rows.sort_by_cached_key(|subscriber| (key(subscriber), subscriber.id));
    if sort_order != Some("asc") {
        rows.reverse();
    }
    let nowhere = || Reply::unprocessable("the cursor is of no subscriber");
    let has_left = |subscriber: &&Subscriber| !listed.contains(&subscriber.id);
    let (rows, pagination) = page.of_sorted(rows, has_left).ok_or_else(nowhere)?;
    let rows: Vec<Value> = rows.into_iter().map(to_json).collect();
    let body = json!({"subscribers": rows, "pagination": pagination});
    Ok(Reply::json(http::StatusCode::OK, body))
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
    page(call, "tags", taggings, |tagging| {
        let mut json = Map::new();
        json.insert("id".into(), tagging.id.into());
        json.insert("name".into(), tagging.name.into());
        json.insert("tagged_at".into(), tagging.tagged_at.into());
        json.into()
    })
}
