//! `/v4/posts`.

use http::Method;

use super::call::Call;
use super::replies::{all, ok, page};
use super::route::Route;
use crate::rows::World;
use crate::server::Reply;
use crate::world::Access::Credential;

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/posts", Credential, list),
    Route::new(Method::GET, "/v4/posts/{id}", Credential, get),
];

fn list(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let has_content = call.is_set("include_content");
    page(call, "posts", &world.tables.posts, all, |post| post.to_json(has_content))
}

fn get(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let post = world.tables.posts.get(call.id()?).ok_or_else(Reply::not_found)?;
    Ok(ok("post", post.to_json(true)))
}
