//! `GET /v4/posts/{id}`.

use crate::api::call::Call;
use crate::api::replies::ok;
use crate::rows::World;
use crate::server::Reply;

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let post = world.tables.posts.get(call.id()?).ok_or_else(Reply::not_found)?;
    Ok(ok("post", post.to_json(true)))
}
