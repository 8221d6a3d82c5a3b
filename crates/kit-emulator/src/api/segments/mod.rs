//! `GET /v4/segments`.

use http::Method;
use serde_json::json;

use super::call::Call;
use super::replies::{all, page};
use super::route::Route;
use crate::rows::World;
use crate::server::Reply;
use crate::world::Access::Credential;

pub(super) static ROUTES: &[Route] = &[Route::new(Method::GET, "/v4/segments", Credential, list)];

fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    page(
        call,
        "segments",
        &world.tables.segments,
        all,
        |segment| json!({"id": segment.id, "name": segment.name, "created_at": segment.created_at}),
    )
}
