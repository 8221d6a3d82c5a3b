//! `PUT /v4/subscribers/{id}`.

use http::StatusCode;

use super::input::{fields, first_name, save};
use crate::api::call::Call;
use crate::changes::subscribers::check_address;
use crate::rows::World;
use crate::server::{Input, Reply};

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.id()?;
    world.tables.subscribers.get(id).ok_or_else(Reply::not_found)?;
    let input = Input::read(call.request)?;
    // A field that is left out stays.
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
