//! `GET /v4/purchases`.

use crate::api::call::Call;
use crate::api::replies::{all, page};
use crate::rows::{Purchase, World};
use crate::server::Reply;

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    page(call, "purchases", &world.tables.purchases, all, Purchase::to_json)
}
