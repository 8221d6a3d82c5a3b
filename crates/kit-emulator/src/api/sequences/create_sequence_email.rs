//! `POST /v4/sequences/{sequence_id}/emails`.

use super::emails::{BLANK, UNIT, change, known, of_sequence};
use crate::api::call::Call;
use crate::api::replies::{created, full};
use crate::rows::{SequenceEmail, World};
use crate::server::{Input, Reply};

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
