use http::Method;

use crate::CustomFieldId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, ReadError, Reply};

/// `DELETE /v4/custom_fields/{id}`: deletes a custom field, and its values of all subscribers.
///
/// Kit answers 204, 404 where there is no such field, or 422 where the field cannot be deleted.
///
/// # Examples
///
/// ```
/// use kit_core::custom_fields::DeleteCustomField;
///
/// let delete = DeleteCustomField::new(8.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeleteCustomField {
    id: CustomFieldId,
}

impl DeleteCustomField {
    /// Deletes the field with this id.
    pub fn new(id: CustomFieldId) -> Self {
        Self { id }
    }
}

impl Endpoint for DeleteCustomField {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/v4/custom_fields/{id}";
    const EFFECT: Effect = Effect::Repeatable;
    type Reply = ();

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<(), ReadError> {
        reply.nothing()
    }
}
