//! `POST /v4/custom_fields`.

use crate::api::call::Call;
use crate::api::replies::{full, upserted};
use crate::changes::custom_fields::upsert;
use crate::rows::World;
use crate::rows::custom_field::BLANK;
use crate::server::{Input, Reply};

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let label = Input::read(call.request)?.filled("label", BLANK)?;
    let (field, is_new) = upsert(world, &label).map_err(full)?;
    Ok(upserted("custom_field", field.to_json(), is_new))
}
