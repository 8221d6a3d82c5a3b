//! `POST /v4/forms/{form_id}/subscribers`.

use super::adding::{NOBODY, known, reply};
use crate::api::call::Call;
use crate::changes::subscribers::named;
use crate::rows::World;
use crate::server::{Input, Reply};

pub(super) fn add_by_email(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let form = known(world, call)?;
    let input = Input::read_optional(call.request)?;
    let subscriber = named(world, &input, NOBODY)?;
    reply(world, form, subscriber, input.text("referrer")?)
}
