//! The emails of a sequence.

use serde_json::Value;

use super::input::weekdays;
use super::stats::email_stats;
use crate::api::call::Call;
use crate::rows::{Sequence, SequenceEmail, World};
use crate::server::{Input, Reply};

/// Kit's messages.
pub(super) const BLANK: &str = "subject can't be blank";

pub(super) const UNIT: &str = "delay_unit must be one of: days, hours";

pub(super) fn known<'w>(world: &'w World, call: &Call<'_>) -> Result<&'w Sequence, Reply> {
    world.tables.sequences.get(call.first_id()?).ok_or_else(Reply::not_found)
}

/// The emails of a sequence, in their order.
pub(super) fn of_sequence(world: &World, sequence: u64) -> Vec<&SequenceEmail> {
    let all = world.tables.sequence_emails.oldest_first();
    let mut emails: Vec<_> = all.filter(|email| email.sequence_id == sequence).collect();
    emails.sort_by_key(|email| (email.position, email.id));
    emails
}

/// The email of the path, which is of the sequence of the path.
pub(super) fn email<'w>(world: &'w World, call: &Call<'_>) -> Result<&'w SequenceEmail, Reply> {
    let sequence = known(world, call)?;
    let email = world.tables.sequence_emails.get(call.id()?);
    let email = email.filter(|email| email.sequence_id == sequence.id);
    email.ok_or_else(Reply::not_found)
}

pub(super) fn with_stats(mut json: Value, is_asked_for: bool) -> Value {
    if is_asked_for {
        json["stats"] = email_stats();
    }
    json
}

/// Changes what is given, and clears what is null.
pub(super) fn change(world: &World, email: &mut SequenceEmail, input: &Input) -> Result<(), Reply> {
    if let Some(unit) = input.text("delay_unit")? {
        email.delay_unit = unit;
    }
    if !["days", "hours"].contains(&email.delay_unit.as_str()) {
        return Err(Reply::unprocessable(UNIT));
    }
    if input.has("send_days") {
        let days = input.texts("send_days")?.map(weekdays).transpose()?;
        // By the document, days do not go with hours: the live service takes them, and shows them again.
        email.send_days = days;
    }
    if input.has("email_template_id") {
        email.email_template_id = input.integer("email_template_id")?;
        let id = email.email_template_id;
        if id.is_some_and(|id| world.tables.email_templates.get(id).is_none()) {
            return Err(Reply::unprocessable("Email template not found"));
        }
    }
    if input.has("preview_text") {
        email.preview_text = input.text("preview_text")?;
    }
    if input.has("content") {
        email.content = input.text("content")?;
    }
    if let Some(position) = input.integer("position")? {
        let mut others = world.tables.sequence_emails.oldest_first();
        let is_taken = others.any(|other| {
            other.sequence_id == email.sequence_id
                && other.position == position
                && other.id != email.id
        });
        if is_taken {
            return Err(Reply::unprocessable("position has already been taken"));
        }
        email.position = position;
    }
    email.published = input.boolean("published")?.unwrap_or(email.published);
    if email.position > 0 && email.delay_value == 0 {
        return Err(Reply::unprocessable(
            "delay_value must be greater than 0 but for the first email",
        ));
    }
    Ok(())
}
