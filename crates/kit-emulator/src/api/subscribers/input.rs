use http::StatusCode;
use serde_json::{Map, Value};

use crate::changes::subscribers::{Fields, check_fields, save_fields, saved};
use crate::rows::{Later, World};
use crate::server::{Input, Reply};

/// Saves the custom fields, now or later, and says so.
pub(super) fn save(
    world: &mut World,
    id: u64,
    fields: Map<String, Value>,
    status: StatusCode,
) -> Reply {
    match save_fields(world, id, fields) {
        Fields::Saved { warnings } => Reply::json(status, saved(world, id, &warnings)),
        Fields::Later(fields) => {
            let mut body = saved(world, id, &[]);
            // Fields that follow are null until then.
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
pub(super) fn first_name(input: &Input) -> Result<Option<Option<String>>, Reply> {
    Ok(if input.has("first_name") { Some(input.text("first_name")?) } else { None })
}

pub(super) fn fields(input: &Input) -> Result<Map<String, Value>, Reply> {
    let fields = input.object("fields")?.unwrap_or_default();
    let fields = fields.entries().map(|(key, value)| (key.clone(), value.clone())).collect();
    check_fields(&fields)?;
    Ok(fields)
}
