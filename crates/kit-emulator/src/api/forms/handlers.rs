use crate::api::call::Call;
use crate::api::replies::{all, page, upserted};
use crate::api::subscribers::Filters;
use crate::changes::forms::add;
use crate::changes::subscribers::named;
use crate::rows::subscriber::referrer_json;
use crate::rows::{Form, Subscriber, World};
use crate::server::{Input, Reply};
use crate::world::Table;

/// Kit's message.
pub(super) const NOBODY: &str =
    "Either subscriber id or email address is required to add subscriber to form";

/// In no document; a new account has none.
pub(super) fn legacy_landing_pages(_: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    call.choice("type", &["embed", "hosted"])?;
    page(call, "legacy_landing_pages", &Table::<Form>::default(), all, Form::to_json)
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let status =
        call.choice("status", &["active", "archived", "trashed", "all"])?.unwrap_or("active");
    let of_type = call.choice("type", &["embed", "hosted"])?;
    let tables = &world.tables;
    let counts = call.includes("subscriber_count", &["subscriber_count"])?.then(|| {
        let active = |s: &&Subscriber| s.state == "active";
        tables.subscribers.counts_of(active, |subscriber| subscriber.forms.keys())
    });
    let is_asked_for = |form: &Form| {
        (status == "all" || form.status == status)
            && of_type.is_none_or(|of_type| form.form_type == of_type)
    };
    page(call, "forms", &tables.forms, is_asked_for, |form| {
        let mut json = form.to_json();
        if let Some(counts) = &counts {
            json["subscriber_count"] = counts.get(&form.id).copied().unwrap_or_default().into();
        }
        json
    })
}

pub(super) fn subscribers(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let world = &*world;
    let form = known(world, call)?;
    let filters = Filters::read(call, "added")?;
    let is_of_form = |subscriber: &Subscriber| {
        let entry = subscriber.forms.get(&form);
        entry.is_some_and(|entry| filters.let_through(subscriber, &entry.added_at))
    };
    let rows = world.tables.subscribers.rows();
    page(call, "subscribers", rows, is_of_form, |subscriber| {
        let mut json = filters.json(world, subscriber);
        referrer_json(&mut json, subscriber.forms.get(&form));
        json
    })
}

fn known(world: &World, call: &Call<'_>) -> Result<u64, Reply> {
    world.tables.forms.get(call.first_id()?).map(|form| form.id).ok_or_else(Reply::not_found)
}

pub(super) fn add_by_email(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let form = known(world, call)?;
    let input = Input::read_optional(call.request)?;
    let subscriber = named(world, &input, NOBODY)?;
    reply(world, form, subscriber, input.text("referrer")?)
}

pub(super) fn add_by_id(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let (form, subscriber) = (known(world, call)?, call.id()?);
    let referrer = Input::read_optional(call.request)?.text("referrer")?;
    reply(world, form, subscriber, referrer)
}

fn reply(
    world: &mut World,
    form: u64,
    subscriber: u64,
    referrer: Option<String>,
) -> Result<Reply, Reply> {
    let is_new = add(world, form, subscriber, referrer).ok_or_else(Reply::not_found)?;
    let subscriber = world.tables.subscribers.get(subscriber).ok_or_else(Reply::not_found)?;
    let mut json = subscriber.to_json(&world.tables.custom_fields);
    referrer_json(&mut json, subscriber.forms.get(&form));
    Ok(upserted("subscriber", json, is_new))
}
