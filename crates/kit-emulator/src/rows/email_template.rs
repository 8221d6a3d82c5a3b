use serde::{Deserialize, Serialize};

use crate::rows::World;
use crate::world::Row;

/// The category of templates that emails cannot have.
pub(crate) const STARTING_POINT: &str = "Starting point";

/// The template that emails have where none is named: the first that they can have.
pub(crate) fn default_id(world: &World) -> Option<u64> {
    world.tables.email_templates.find(|template| template.category != STARTING_POINT)
}

/// An email template.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct EmailTemplate {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) category: String,
}

impl Row for EmailTemplate {
    fn id(&self) -> u64 {
        self.id
    }
}
