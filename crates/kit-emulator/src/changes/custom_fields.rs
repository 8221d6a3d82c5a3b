use crate::events::{Happening, happen};
use crate::rows::custom_field::{LABEL, key_of};
use crate::rows::{CustomField, World};
use crate::world::Full;

/// Finds a field by its label, or creates it. Whether it is new.
pub(crate) fn upsert(world: &mut World, label: &str) -> Result<(CustomField, bool), Full> {
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
