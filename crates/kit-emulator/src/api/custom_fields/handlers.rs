use crate::api::call::Call;
use crate::api::replies::{all, full, no_content, ok, page, upserted};
use crate::changes::custom_fields::upsert;
use crate::events::{self};
use crate::rows::custom_field::{BLANK, LABEL, key_of};
use crate::rows::{CustomField, World};
use crate::server::{Input, Reply};

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    page(call, "custom_fields", world.tables.custom_fields.rows(), all, CustomField::to_json)
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let label = Input::read(call.request)?.filled("label", BLANK)?;
    let (field, is_new) = upsert(world, &label).map_err(full)?;
    Ok(upserted("custom_field", field.to_json(), is_new))
}

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

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let field = world.tables.custom_fields.remove(call.id()?).ok_or_else(Reply::not_found)?;
    for subscriber in world.tables.subscribers.all_mut() {
        subscriber.fields.remove(&field.id);
    }
    events::deleted(world, "custom_field", field.to_json());
    Ok(no_content())
}
