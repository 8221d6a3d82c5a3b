use super::CustomField;
use super::custom_field::{BLANK, LABEL, key_of};
use crate::api::World;
use crate::api::call::Call;
use crate::api::happenings::{self, Happening, happen};
use crate::api::input::{Input, all, full, no_content, ok, page, upserted};
use crate::server::Reply;
use crate::world::Full;

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    page(call, "custom_fields", world.tables.custom_fields.rows(), all, CustomField::to_json)
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let label = Input::read(call)?.filled("label", BLANK)?;
    let (field, is_new) = upsert(world, &label).map_err(full)?;
    Ok(upserted("custom_field", field.to_json(), is_new))
}

/// Finds a field by its label, or creates it. Whether it is new.
pub(in crate::api) fn upsert(world: &mut World, label: &str) -> Result<(CustomField, bool), Full> {
    let label = label.trim();
    let fields = &world.tables.custom_fields;
    if let Some(field) = fields.find(LABEL, label).and_then(|id| fields.get(id)) {
        return Ok((field.clone(), false));
    }
    if fields.rows().is_full() {
        return Err(Full);
    }
    let created_at = world.clock.time();
    let key = key_of(label, fields, None);
    let label = label.to_owned();
    let field = world.tables.custom_fields.insert(|id| CustomField {
        id,
        name: format!("ck_field_{id}_{key}"),
        key,
        label,
        created_at,
    })?;
    let field = field.clone();
    happen(world, &Happening::FieldCreated { field: field.id });
    Ok((field, true))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.id()?;
    world.tables.custom_fields.get(id).ok_or_else(Reply::not_found)?;
    let label = Input::read(call)?.filled("label", BLANK)?;
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
    happenings::deleted(world, "custom_field", field.to_json());
    Ok(no_content())
}
