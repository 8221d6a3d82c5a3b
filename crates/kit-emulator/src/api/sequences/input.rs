use serde_json::{Value, json};

use crate::rows::sequence::DAYS;
use crate::rows::{Sequence, World};
use crate::server::{Input, Reply};
use crate::world::{id, ids};

/// Kit's messages.
pub(super) const BLANK: &str = "name can't be blank";

const HOUR: &str = "send_hour must be an integer between 0 and 23";

/// Changes what is given.
pub(super) fn change(world: &World, sequence: &mut Sequence, input: &Input) -> Result<(), Reply> {
    if input.has("send_hour") {
        let hour = input.get("send_hour").and_then(id).filter(|hour| *hour < 24);
        sequence.send_hour = hour.ok_or_else(|| Reply::unprocessable(HOUR))?;
    }
    if let Some(days) = input.texts("send_days")? {
        sequence.send_days = weekdays(days)?;
    }
    if let Some(id) = input.integer("email_template_id")? {
        let template = world.tables.email_templates.get(id);
        template.ok_or_else(|| Reply::unprocessable("Email template not found"))?;
        sequence.email_template_id = Some(id);
    }
    if let Some(email_address) = input.text("email_address")? {
        sequence.email_address = Some(email_address);
    }
    if let Some(time_zone) = input.text("time_zone")? {
        sequence.time_zone = time_zone;
    }
    if let Some(sources) = input.list("exclude_subscriber_sources")? {
        let source = |source: &Value| json!({"type": source["type"], "ids": ids(&source["ids"])});
        sequence.exclude_subscriber_sources = sources.iter().map(source).collect();
    }
    sequence.active = input.boolean("active")?.unwrap_or(sequence.active);
    sequence.repeat = input.boolean("repeat")?.unwrap_or(sequence.repeat);
    sequence.hold = input.boolean("hold")?.unwrap_or(sequence.hold);
    Ok(())
}

/// # Errors
///
/// 422 for what is no day.
pub(super) fn weekdays(days: Vec<String>) -> Result<Vec<String>, Reply> {
    match days.iter().find(|day| !DAYS.contains(&day.as_str())) {
        Some(day) => Err(Reply::unprocessable(format!("send_days: {day:?} is no day"))),
        None => Ok(days),
    }
}
