//! `PUT /v4/sequences/{id}`.

use super::input::{BLANK, change};
use super::reply::to_json;
use crate::api::call::Call;
use crate::api::replies::ok;
use crate::events::{Happening, happen};
use crate::rows::World;
use crate::server::{Input, Reply};

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let id = call.id()?;
    let mut sequence = world.tables.sequences.get(id).ok_or_else(Reply::not_found)?.clone();
    let was_active = sequence.active;
    let input = Input::read(call.request)?;
    if input.has("name") {
        sequence.name = input.filled("name", BLANK)?;
    }
    change(world, &mut sequence, &input)?;
    sequence.updated_at = world.clock.time();
    let is_active = sequence.active;
    if let Some(row) = world.tables.sequences.get_mut(id) {
        *row = sequence;
    }
    match (was_active, is_active) {
        (false, true) => happen(world, &Happening::SequencePublished { sequence: id }),
        (true, false) => happen(world, &Happening::SequenceDisabled { sequence: id }),
        _ => {}
    }
    let sequence = world.tables.sequences.get(id).ok_or_else(Reply::not_found)?;
    Ok(ok("sequence", to_json(world, sequence)))
}
