use http::Method;
use serde::Serialize;

use super::CustomField;
use crate::CustomFieldId;
use crate::api::check::filled;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Path, ReadError, Reply};

/// `PUT /v4/custom_fields/{id}`: gives a custom field another label, and with it another key.
///
/// Liquid tags that use the old key break. Kit answers 200 with the field, 404 if the field does not exist, or 422
/// for a blank label.
///
/// # Examples
///
/// ```
/// use kit_core::custom_fields::UpdateCustomField;
/// use kit_core::{Credentials, Kit};
///
/// let operation = UpdateCustomField::new(8.into(), "Surname")?;
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&operation)?;
/// assert_eq!(request.body(), br#"{"label":"Surname"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct UpdateCustomField {
    #[serde(skip)]
    id: CustomFieldId,
    label: String,
}

impl UpdateCustomField {
    /// Gives the field with this id another label.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `label` where it is blank.
    pub fn new(id: CustomFieldId, label: impl Into<String>) -> Result<Self, Error> {
        Ok(Self { id, label: filled("label", label)? })
    }
}

impl Endpoint for UpdateCustomField {
    const METHOD: Method = Method::PUT;
    const PATH: &'static str = "/v4/custom_fields/{id}";
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = CustomField;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<CustomField, ReadError> {
        reply.field("custom_field")
    }
}
