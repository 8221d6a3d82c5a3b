use serde_json::Value;

use crate::rows::{Broadcast, World};

pub(super) fn json(world: &World, broadcast: &Broadcast, now: &str) -> Value {
    let template = world.tables.email_templates.get(broadcast.email_template_id);
    broadcast.to_json(now, template.map_or("", |template| template.name.as_str()))
}
