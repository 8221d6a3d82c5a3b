use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::happenings::{Happening, happen};
use crate::api::input::{Input, page, upserted};
use crate::api::subscribers::{Filters, FormEntry, Subscriber, utm_parameters};
use crate::api::{World, subscribers, time};
use crate::server::Reply;

/// Kit's message.
pub(super) const NOBODY: &str =
    "Either subscriber id or email address is required to add subscriber to form";

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let status =
        call.choice("status", &["active", "archived", "trashed", "all"])?.unwrap_or("active");
    let of_type = call.choice("type", &["embed", "hosted"])?;
    let tables = &world.tables;
    let forms = tables.forms.oldest_first().filter(|form| {
        (status == "all" || form.status == status)
            && of_type.is_none_or(|of_type| form.form_type == of_type)
    });
    let counts = tables.subscribers.counts(|subscriber| subscriber.forms.keys());
    page(call, "forms", forms, |form| {
        let mut json = form.to_json();
        json["subscriber_count"] = counts.get(&form.id).copied().unwrap_or_default().into();
        json
    })
}

pub(super) fn subscribers(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let form = known(world, call)?;
    let filters = Filters::read(call)?;
    let of_form =
        world.tables.subscribers.rows().oldest_first().filter(|subscriber: &&Subscriber| {
            let entry = subscriber.forms.get(&form);
            entry.is_some_and(|entry| filters.let_through(subscriber, "added", &entry.added_at))
        });
    page(call, "subscribers", of_form, |subscriber| json(world, subscriber.id, form))
}

fn known(world: &World, call: &Call<'_>) -> Result<u64, Reply> {
    world.tables.forms.get(call.first_id()?).map(|form| form.id).ok_or_else(Reply::not_found)
}

fn json(world: &World, subscriber: u64, form: u64) -> Value {
    let mut json = subscribers::json(world, subscriber);
    let entry = world.tables.subscribers.get(subscriber).and_then(|s| s.forms.get(&form));
    referrer_json(&mut json, entry);
    json
}

/// Adds when a subscriber came to a form, and from where.
pub(in crate::api) fn referrer_json(json: &mut Value, entry: Option<&FormEntry>) {
    let referrer = entry.and_then(|entry| entry.referrer.as_deref());
    json["added_at"] = entry.map_or(Value::Null, |entry| entry.added_at.as_str().into());
    json["referrer"] = referrer.unwrap_or_default().into();
    json["referrer_utm_parameters"] = json!(utm_parameters(referrer));
}

pub(super) fn add_by_email(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let form = known(world, call)?;
    let input = Input::read_optional(call)?;
    let email_address = input.filled("email_address", NOBODY)?;
    let subscriber = world.tables.subscribers.find(&email_address).ok_or_else(Reply::not_found)?;
    reply(world, form, subscriber, input.text("referrer")?)
}

pub(super) fn add_by_id(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let (form, subscriber) = (known(world, call)?, call.id()?);
    let referrer = Input::read_optional(call)?.text("referrer")?;
    reply(world, form, subscriber, referrer)
}

fn reply(
    world: &mut World,
    form: u64,
    subscriber: u64,
    referrer: Option<String>,
) -> Result<Reply, Reply> {
    let is_new = add(world, form, subscriber, referrer).ok_or_else(Reply::not_found)?;
    Ok(upserted("subscriber", json(world, subscriber, form), is_new))
}

/// Adds a subscriber to a form. Whether that is new; `None` where there is no such subscriber.
pub(in crate::api) fn add(
    world: &mut World,
    form: u64,
    subscriber: u64,
    referrer: Option<String>,
) -> Option<bool> {
    let added_at = time::now(world);
    let row = world.tables.subscribers.get_mut(subscriber)?;
    if row.forms.contains_key(&form) {
        return Some(false);
    }
    row.forms.insert(form, FormEntry { added_at, referrer });
    happen(world, &Happening::SubscribedToForm { subscriber, form });
    Some(true)
}
