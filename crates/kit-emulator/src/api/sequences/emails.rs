//! The emails of a sequence.

use serde_json::Value;

use super::handlers::weekdays;
use super::stats::email_stats;
use crate::api::call::Call;
use crate::api::replies::{created, full, listed, no_content, ok};
use crate::rows::{Sequence, SequenceEmail, World};
use crate::server::{Input, Reply};
use crate::world::Page;

/// Kit's messages.
pub(super) const BLANK: &str = "subject can't be blank";
const UNIT: &str = "delay_unit must be one of: days, hours";

fn known<'w>(world: &'w World, call: &Call<'_>) -> Result<&'w Sequence, Reply> {
    world.tables.sequences.get(call.first_id()?).ok_or_else(Reply::not_found)
}

/// The emails of a sequence, in their order.
fn of_sequence(world: &World, sequence: u64) -> Vec<&SequenceEmail> {
    let all = world.tables.sequence_emails.oldest_first();
    let mut emails: Vec<_> = all.filter(|email| email.sequence_id == sequence).collect();
    emails.sort_by_key(|email| (email.position, email.id));
    emails
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let sequence = known(world, call)?;
    let page = Page::read(call.request.parameters()).map_err(Reply::unprocessable)?;
    let nowhere = || Reply::unprocessable("the cursor is of no email of this sequence");
    let (emails, pagination) =
        page.of_sorted(of_sequence(world, sequence.id), |_| false).ok_or_else(nowhere)?;
    let has_content = call.is_set("include_content");
    let has_stats = call.includes("stats", &["stats"])?;
    let to_json = |email: &&SequenceEmail| with_stats(email.to_json(has_content), has_stats);
    Ok(listed("emails", emails.iter().map(to_json).collect(), pagination))
}

/// The email of the path, which is of the sequence of the path.
fn email<'w>(world: &'w World, call: &Call<'_>) -> Result<&'w SequenceEmail, Reply> {
    let sequence = known(world, call)?;
    let email = world.tables.sequence_emails.get(call.id()?);
    let email = email.filter(|email| email.sequence_id == sequence.id);
    email.ok_or_else(Reply::not_found)
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let email = email(world, call)?;
    let has_stats = call.includes("stats", &["stats"])?;
    Ok(ok("email", with_stats(email.to_json(true), has_stats)))
}

fn with_stats(mut json: Value, is_asked_for: bool) -> Value {
    if is_asked_for {
        json["stats"] = email_stats();
    }
    json
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let sequence = known(world, call)?.clone();
    let input = Input::read(call.request)?;
    let at_the_end =
        of_sequence(world, sequence.id).last().map_or(0, |email| email.position.saturating_add(1));
    let missing = |field: &str| Reply::unprocessable(format!("{field} can't be blank"));
    let account_address = world.tables.account.primary_email_address.clone();
    let mut new = SequenceEmail {
        id: 0,
        sequence_id: sequence.id,
        subject: input.filled("subject", BLANK)?,
        preview_text: None,
        email_address: sequence.email_address.clone().unwrap_or(account_address),
        email_template_id: None,
        published: false,
        position: at_the_end,
        delay_value: input.integer("delay_value")?.ok_or_else(|| missing("delay_value"))?,
        delay_unit: input.filled("delay_unit", UNIT)?,
        send_days: None,
        content: None,
    };
    change(world, &mut new, &input)?;
    let email = world.tables.sequence_emails.insert(|id| SequenceEmail { id, ..new });
    Ok(created("email", email.map_err(full)?.to_json(true)))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let mut email = email(world, call)?.clone();
    let input = Input::read(call.request)?;
    if input.has("subject") {
        email.subject = input.filled("subject", BLANK)?;
    }
    email.delay_value = input.integer("delay_value")?.unwrap_or(email.delay_value);
    change(world, &mut email, &input)?;
    let json = email.to_json(true);
    if let Some(row) = world.tables.sequence_emails.get_mut(email.id) {
        *row = email;
    }
    Ok(ok("email", json))
}

/// Changes what is given, and clears what is null.
fn change(world: &World, email: &mut SequenceEmail, input: &Input) -> Result<(), Reply> {
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

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = email(world, call)?.id;
    world.tables.sequence_emails.remove(id);
    Ok(no_content())
}
