//! `GET /v4/segments`.

use serde_json::json;

use crate::api::call::Call;
use crate::api::replies::{all, page};
use crate::rows::World;
use crate::server::Reply;

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    page(
        call,
        "segments",
        &world.tables.segments,
        all,
        |segment| json!({"id": segment.id, "name": segment.name, "created_at": segment.created_at}),
    )
}
