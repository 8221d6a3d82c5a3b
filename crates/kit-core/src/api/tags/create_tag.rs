use http::Method;
use serde::Serialize;

use super::Tag;
use crate::api::check::filled;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, ReadError, Reply, Upsert};

/// `POST /v4/tags`: creates a tag, or answers with the one that has this name.
///
/// Kit answers 201 with a new tag, 200 with one that was there, 422 for a blank name.
///
/// # Examples
///
/// ```
/// use kit_core::tags::CreateTag;
/// use kit_core::{Credentials, Kit};
///
/// let operation = CreateTag::new("VIP")?;
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&operation)?;
/// assert_eq!(request.body(), br#"{"name":"VIP"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CreateTag {
    name: String,
}

impl CreateTag {
    /// A tag with this name.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `name` where it is blank.
    pub fn new(name: impl Into<String>) -> Result<Self, Error> {
        Ok(Self { name: filled("name", name)? })
    }
}

impl Endpoint for CreateTag {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/tags";
    /// A second request finds the tag of the first.
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = Upsert<Tag>;

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Upsert<Tag>, ReadError> {
        Upsert::read(&reply, "tag")
    }
}
