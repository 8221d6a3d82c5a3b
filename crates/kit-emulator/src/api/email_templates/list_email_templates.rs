//! `GET /v4/email_templates`.

use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::replies::{all, page};
use crate::rows::World;
use crate::rows::email_template::default_id;
use crate::server::Reply;

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let default = default_id(world);
    page(call, "email_templates", &world.tables.email_templates, all, |template| -> Value {
        json!({
            "id": template.id,
            "name": template.name,
            "is_default": Some(template.id) == default,
            "category": template.category,
        })
    })
}
