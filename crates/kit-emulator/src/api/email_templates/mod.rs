//! `GET /v4/email_templates`.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::World;
use super::call::Call;
use super::input::{all, page};
use super::route::Route;
use crate::server::Reply;
use crate::world::Access::Credential;
use crate::world::Row;

/// The category of templates that emails cannot have.
pub(super) const STARTING_POINT: &str = "Starting point";

/// The template that emails have where none is named: the first that they can have.
pub(super) fn default_id(world: &World) -> Option<u64> {
    world.tables.email_templates.find(|template| template.category != STARTING_POINT)
}

pub(super) static ROUTES: &[Route] =
    &[Route::new(Method::GET, "/v4/email_templates", Credential, list)];

/// An email template.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct EmailTemplate {
    pub(in crate::api) id: u64,
    pub(in crate::api) name: String,
    pub(in crate::api) category: String,
}

impl Row for EmailTemplate {
    fn id(&self) -> u64 {
        self.id
    }
}

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
