use http::StatusCode;
use serde_json::{Map, Value};

use crate::api::call::Call;
use crate::api::replies::{no_content, ok};
use crate::changes::subscribers::{
    Fields, Given, check_address, check_fields, is_later, save_fields, saved, upsert,
};
use crate::events::{Happening, happen};
use crate::rows::{Later, World};
use crate::server::{Input, Reply};

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let input = Input::read(call.request)?;
    let given = Given {
        email_address: input.text("email_address")?.unwrap_or_default(),
        first_name: first_name(&input)?,
        state: input.text("state")?,
        ..Given::default()
    };
    let fields = fields(&input)?;
    let at_once = if is_later(&fields) { Map::new() } else { fields.clone() };
    let given = Given { fields: at_once, ..given };
    let (id, is_new) = upsert(world, given).map_err(Reply::unprocessable)?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(save(world, id, fields, status))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.id()?;
    world.tables.subscribers.get(id).ok_or_else(Reply::not_found)?;
    let input = Input::read(call.request)?;
    // What is left out stays.
    let email_address = input.text("email_address")?;
    if let Some(email_address) = &email_address {
        check_address(email_address)?;
        if world.tables.subscribers.find(email_address).is_some_and(|other| other != id) {
            return Err(Reply::unprocessable("Email address has already been taken"));
        }
    }
    let (first_name, fields) = (first_name(&input)?, fields(&input)?);
    let now = world.clock.time();
    if let Some(email_address) = &email_address {
        world.tables.subscribers.move_to(id, email_address);
    }
    let has_nothing = email_address.is_none() && first_name.is_none() && fields.is_empty();
    if let Some(subscriber) = world.tables.subscribers.get_mut(id).filter(|_| !has_nothing) {
        subscriber.updated_at = now;
        if let Some(first_name) = first_name {
            subscriber.first_name = first_name;
        }
    }
    Ok(save(world, id, fields, StatusCode::OK))
}

/// Saves the custom fields, now or later, and says so.
fn save(world: &mut World, id: u64, fields: Map<String, Value>, status: StatusCode) -> Reply {
    match save_fields(world, id, fields) {
        Fields::Saved { warnings } => Reply::json(status, saved(world, id, &warnings)),
        Fields::Later(fields) => {
            let mut body = saved(world, id, &[]);
            // Those that follow are null until then.
            for (key, value) in body["subscriber"]["fields"].as_object_mut().into_iter().flatten() {
                if fields.contains_key(key) {
                    *value = Value::Null;
                }
            }
            Later::fields(world, id, fields);
            Reply::json(StatusCode::ACCEPTED, body)
        }
    }
}

/// Whether there is a name, and whether it is null.
#[expect(clippy::option_option, reason = "what is missing stays, what is null goes")]
fn first_name(input: &Input) -> Result<Option<Option<String>>, Reply> {
    Ok(if input.has("first_name") { Some(input.text("first_name")?) } else { None })
}

fn fields(input: &Input) -> Result<Map<String, Value>, Reply> {
    let fields = input.object("fields")?.unwrap_or_default();
    let fields = fields.entries().map(|(key, value)| (key.clone(), value.clone())).collect();
    check_fields(&fields)?;
    Ok(fields)
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let subscriber = world.tables.subscribers.get(call.id()?).ok_or_else(Reply::not_found)?;
    let mut json = subscriber.to_json(&world.tables.custom_fields);
    json["canceled_at"] = subscriber.canceled_at.as_deref().map_or(Value::Null, Into::into);
    json["location"] = subscriber.location_json();
    Ok(ok("subscriber", json))
}

pub(super) fn unsubscribe(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.first_id()?;
    let now = world.clock.time();
    let subscriber = world.tables.subscribers.get_mut(id).ok_or_else(Reply::not_found)?;
    if subscriber.state != "cancelled" {
        subscriber.state = "cancelled".into();
        subscriber.canceled_at = Some(now.clone());
        subscriber.updated_at = now;
        happen(world, &Happening::SubscriberUnsubscribed { subscriber: id });
    }
    Ok(no_content())
}
