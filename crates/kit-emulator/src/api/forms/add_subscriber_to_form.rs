//! `POST /v4/forms/{form_id}/subscribers/{id}`.

use super::adding::{known, reply};
use crate::api::call::Call;
use crate::rows::World;
use crate::server::{Input, Reply};

pub(super) fn add_by_id(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let (form, subscriber) = (known(world, call)?, call.id()?);
    let referrer = Input::read_optional(call.request)?.text("referrer")?;
    reply(world, form, subscriber, referrer)
}
