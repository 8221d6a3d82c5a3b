//! `GET /v4/posts`.

use crate::api::call::Call;
use crate::api::replies::{all, page};
use crate::rows::World;
use crate::server::Reply;

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let has_content = call.is_set("include_content");
    page(call, "posts", &world.tables.posts, all, |post| post.to_json(has_content))
}
