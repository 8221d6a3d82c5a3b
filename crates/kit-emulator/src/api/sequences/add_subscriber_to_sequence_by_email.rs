//! `POST /v4/sequences/{sequence_id}/subscribers`.

use super::members::{NOBODY, inactive, known, reply};
use crate::api::call::Call;
use crate::changes::subscribers::named;
use crate::rows::World;
use crate::server::{Input, Reply};

pub(super) fn add_by_email(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let sequence = known(world, call)?;
    if world.tables.sequences.get(sequence).is_some_and(|sequence| !sequence.active) {
        return Err(inactive());
    }
    let subscriber = named(world, &Input::read_optional(call.request)?, NOBODY)?;
    reply(world, sequence, subscriber)
}
