//! `/v4/posts`.

mod get_post;
mod list_posts;

use http::Method;

use super::route::Route;
use crate::world::Access::Credential;

pub(super) static ROUTES: &[Route] = &[
    Route::new(Method::GET, "/v4/posts", Credential, list_posts::list),
    Route::new(Method::GET, "/v4/posts/{id}", Credential, get_post::get),
];
