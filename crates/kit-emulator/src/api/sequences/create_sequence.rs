//! `POST /v4/sequences`.

use super::input::{BLANK, change};
use super::reply::to_json;
use crate::api::call::Call;
use crate::api::replies::{created, full};
use crate::events::{Happening, happen};
use crate::rows::email_template::default_id;
use crate::rows::sequence::DAYS;
use crate::rows::{Sequence, World};
use crate::server::{Input, Reply};

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let input = Input::read(call.request)?;
    let name = input.filled("name", BLANK)?;
    let now = world.clock.time();
    let account = &world.tables.account;
    let mut sequence = Sequence {
        id: 0,
        name,
        hold: false,
        repeat: false,
        active: true,
        created_at: now.clone(),
        updated_at: now,
        email_address: Some(account.primary_email_address.clone()),
        email_template_id: default_id(world),
        send_days: DAYS.map(str::to_owned).to_vec(),
        send_hour: 11,
        time_zone: account.time_zone.clone(),
        exclude_subscriber_sources: Vec::new(),
    };
    change(world, &mut sequence, &input)?;
    let sequence = world.tables.sequences.insert(|id| Sequence { id, ..sequence });
    let id = sequence.map_err(full)?.id;
    happen(world, &Happening::SequenceCreated { sequence: id });
    let sequence = world.tables.sequences.get(id).ok_or_else(Reply::not_found)?;
    Ok(created("sequence", to_json(world, sequence)))
}
