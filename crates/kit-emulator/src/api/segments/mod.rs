//! `GET /v4/segments`.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::World;
use super::call::Call;
use super::input::{all, page};
use super::route::Route;
use crate::server::Reply;
use crate::world::Access::Credential;
use crate::world::Row;

pub(super) static ROUTES: &[Route] = &[Route::new(Method::GET, "/v4/segments", Credential, list)];

/// A segment. Who is in it is not kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Segment {
    pub(in crate::api) id: u64,
    pub(in crate::api) name: String,
    pub(in crate::api) created_at: String,
}

impl Row for Segment {
    fn id(&self) -> u64 {
        self.id
    }
}

fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    page(
        call,
        "segments",
        &world.tables.segments,
        all,
        |segment| json!({"id": segment.id, "name": segment.name, "created_at": segment.created_at}),
    )
}
