//! `GET /v4/email_templates`.

use http::Method;
use serde_json::{Value, json};

use super::call::Call;
use super::replies::{all, page};
use super::route::Route;
use crate::rows::World;
use crate::rows::email_template::default_id;
use crate::server::Reply;
use crate::world::Access::Credential;

pub(super) static ROUTES: &[Route] =
    &[Route::new(Method::GET, "/v4/email_templates", Credential, list)];

fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
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
