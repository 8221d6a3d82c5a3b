//! `GET /v4/custom_fields`.

use crate::api::call::Call;
use crate::api::replies::{all, page};
use crate::rows::{CustomField, World};
use crate::server::Reply;

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    page(call, "custom_fields", world.tables.custom_fields.rows(), all, CustomField::to_json)
}
