use http::Method;
use serde::Serialize;

use super::Tag;
use crate::TagId;
use crate::api::check::filled;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Path, ReadError, Reply};

/// `PUT /v4/tags/{id}`: gives a tag another name.
///
/// Kit answers 200 with the tag, 404 where there is none, 422 for a blank name.
///
/// # Examples
///
/// ```
/// use kit_core::tags::UpdateTag;
/// use kit_core::{Credentials, Kit};
///
/// let operation = UpdateTag::new(44.into(), "Very important")?;
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&operation)?;
/// assert_eq!(request.body(), br#"{"name":"Very important"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct UpdateTag {
    #[serde(skip)]
    id: TagId,
    name: String,
}

impl UpdateTag {
    /// Gives the tag with this id another name.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `name` where it is blank.
    pub fn new(id: TagId, name: impl Into<String>) -> Result<Self, Error> {
        Ok(Self { id, name: filled("name", name)? })
    }
}

impl Endpoint for UpdateTag {
    const METHOD: Method = Method::PUT;
    const PATH: &'static str = "/v4/tags/{id}";
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = Tag;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Tag, ReadError> {
        reply.field("tag")
    }
}
