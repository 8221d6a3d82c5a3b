use http::Method;
use serde::Serialize;

use super::CustomField;
use crate::api::check::filled;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, ReadError, Reply, Upsert};

/// `POST /v4/custom_fields`: creates a custom field, or answers with the one that has this label.
///
/// Kit answers 201 with a new field, 200 with one that was there, 422 for a blank label.
///
/// # Examples
///
/// ```
/// use kit_core::custom_fields::CreateCustomField;
/// use kit_core::{Credentials, Kit};
///
/// let operation = CreateCustomField::new("Last name")?;
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&operation)?;
/// assert_eq!(request.body(), br#"{"label":"Last name"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CreateCustomField {
    label: String,
}

impl CreateCustomField {
    /// A field with this label, which people see. Kit makes the key of it: `last_name`.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `label` where it is blank.
    pub fn new(label: impl Into<String>) -> Result<Self, Error> {
        Ok(Self { label: filled("label", label)? })
    }
}

impl Endpoint for CreateCustomField {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/custom_fields";
    /// A second request finds the field of the first.
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = Upsert<CustomField>;

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Upsert<CustomField>, ReadError> {
        Upsert::read(&reply, "custom_field")
    }
}
