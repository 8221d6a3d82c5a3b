//! Posts: newsletters on the web.
//!
//! | to | send | path |
//! | --- | --- | --- |
//! | list the posts | [`ListPosts`] | `GET /v4/posts` |
//! | read a post | [`GetPost`] | `GET /v4/posts/{id}` |
//!
//! Source: Kit's API v4, "Posts".

mod get_post;
mod list_posts;
mod post;
mod post_status;

pub use get_post::GetPost;
pub use list_posts::ListPosts;
pub use post::Post;
pub use post_status::PostStatus;
