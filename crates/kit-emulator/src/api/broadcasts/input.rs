use serde_json::{Value, json};

use crate::rows::broadcast::everybody;
use crate::rows::email_template::STARTING_POINT;
use crate::rows::{Broadcast, World};
use crate::server::{Input, Reply};
use crate::world::ids;

/// Kit's messages.
const NO_TEMPLATE: &str = "Email template not found";

const GROUPS: &str = "Only a single filter group is supported. Use one of `all`, `any`, or `none`.";

const FILTERS: &str = "Only `segment` or `tag` filters allowed";

/// The broadcast with what is given, and otherwise as it was.
pub(super) fn read(world: &World, input: &Input, before: Broadcast) -> Result<Broadcast, Reply> {
    let given = input.integer("email_template_id")?;
    let template = given.and_then(|id| world.tables.email_templates.get(id));
    let allows_starting_point = input.boolean("allow_starting_point")?.unwrap_or_default();
    let is_usable = template
        .is_some_and(|template| allows_starting_point || template.category != STARTING_POINT);
    if given.is_some() && !is_usable {
        return Err(Reply::unprocessable(NO_TEMPLATE));
    }
    let text = |name: &str, before: Option<String>| {
        if input.has(name) { input.text(name) } else { Ok(before) }
    };
    let time = |name: &str, before: Option<String>| {
        if input.has(name) { input.time(name) } else { Ok(before) }
    };
    let email_address = text("email_address", Some(before.email_address))?;
    let sending_address = || world.tables.account.primary_email_address.clone();
    Ok(Broadcast {
        subject: text("subject", before.subject)?,
        preview_text: text("preview_text", before.preview_text)?,
        description: text("description", before.description)?,
        content: text("content", before.content)?,
        public: input.boolean("public")?.unwrap_or(before.public),
        published_at: time("published_at", before.published_at)?,
        send_at: time("send_at", before.send_at)?,
        thumbnail_alt: text("thumbnail_alt", before.thumbnail_alt)?,
        thumbnail_url: text("thumbnail_url", before.thumbnail_url)?,
        email_address: email_address.unwrap_or_else(sending_address),
        email_template_id: given.unwrap_or(before.email_template_id),
        subscriber_filter: match input.list("subscriber_filter")? {
            Some(groups) => filter(&groups)?,
            None => before.subscriber_filter,
        },
        ..before
    })
}

/// The filter as replies have it: the group in use alone.
pub(super) fn filter(groups: &[Value]) -> Result<Value, Reply> {
    let mut used = Vec::new();
    for group in groups {
        for name in ["all", "any", "none"] {
            let conditions = group[name].as_array().filter(|conditions| !conditions.is_empty());
            if let Some(conditions) = conditions {
                used.push((name, conditions));
            }
        }
    }
    match *used {
        [] => Ok(everybody()),
        [(name, conditions)] => {
            let is_known = |condition: &Value| {
                ["segment", "tag"].iter().any(|known| condition["type"] == *known)
            };
            if !conditions.iter().all(is_known) {
                return Err(Reply::unprocessable(FILTERS));
            }
            let condition = |of: &Value| json!({"type": of["type"], "ids": ids(&of["ids"])});
            let mut group = json!({});
            group[name] = conditions.iter().map(condition).collect();
            Ok(json!([group]))
        }
        _ => Err(Reply::unprocessable(GROUPS)),
    }
}
