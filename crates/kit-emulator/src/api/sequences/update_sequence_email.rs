//! `PUT /v4/sequences/{sequence_id}/emails/{id}`.

use super::emails::{BLANK, change, email};
use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::server::{Input, Reply};

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let mut email = email(world, call)?.clone();
    let input = Input::read(call.request)?;
    if input.has("subject") {
        email.subject = input.filled("subject", BLANK)?;
    }
    email.delay_value = input.integer("delay_value")?.unwrap_or(email.delay_value);
    change(world, &mut email, &input)?;
    let json = email.to_json(true);
    if let Some(row) = world.tables.sequence_emails.get_mut(email.id) {
        *row = email;
    }
    Ok(ok("email", json))
}
