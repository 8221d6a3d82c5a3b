//! `POST /v4/tags/{tag_id}/subscribers`.

use super::tagging::{NOBODY, known, reply};
use crate::api::call::Call;
use crate::changes::subscribers::named;
use crate::rows::World;
use crate::server::{Input, Reply};

pub(super) fn tag_by_email(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let tag_id = known(world, call)?;
    let subscriber = named(world, &Input::read_optional(call.request)?, NOBODY)?;
    reply(world, tag_id, subscriber)
}
