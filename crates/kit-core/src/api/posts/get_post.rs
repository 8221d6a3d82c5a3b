use http::Method;

use super::Post;
use crate::PostId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, ReadError, Reply};

/// `GET /v4/posts/{id}`: a post with its content.
///
/// Kit answers 404 where there is no such post.
///
/// # Examples
///
/// ```
/// use kit_core::posts::GetPost;
///
/// let get = GetPost::new(7.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GetPost {
    id: PostId,
}

impl GetPost {
    /// Reads the post with this id.
    pub fn new(id: PostId) -> Self {
        Self { id }
    }
}

impl Endpoint for GetPost {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/posts/{id}";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Post;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Post, ReadError> {
        reply.field("post")
    }
}
