//! `POST /v4/tags`.

use crate::api::call::Call;
use crate::api::replies::upserted;
use crate::changes::tags::upsert;
use crate::rows::World;
use crate::rows::tag::BLANK;
use crate::server::{Input, Reply};

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let name = Input::read(call.request)?.filled("name", BLANK)?;
    let (tag, is_new) = upsert(world, &name).map_err(crate::api::replies::full)?;
    Ok(upserted("tag", tag, is_new))
}
