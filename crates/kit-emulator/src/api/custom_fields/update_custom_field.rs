//! `PUT /v4/custom_fields/{id}`.

use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::rows::custom_field::{BLANK, LABEL, key_of};
use crate::server::{Input, Reply};

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.id()?;
    world.tables.custom_fields.get(id).ok_or_else(Reply::not_found)?;
    let label = Input::read(call.request)?.filled("label", BLANK)?;
    let fields = &mut world.tables.custom_fields;
    if fields.find(LABEL, label.as_str()).is_some_and(|other| other != id) {
        return Err(Reply::unprocessable("Label has already been taken"));
    }
    let key = key_of(&label, fields, Some(id));
    let field = fields.change(id, |field| (field.label, field.key) = (label, key));
    Ok(ok("custom_field", field.ok_or_else(Reply::not_found)?.to_json()))
}
