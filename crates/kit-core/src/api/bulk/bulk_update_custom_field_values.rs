use http::Method;
use serde::Serialize;

use super::callback_url::CallbackUrl;
use super::matching::outcomes;
use super::{Bulk, BulkFailure, BulkOperation, BulkOutcome, CustomFieldValue};
use crate::api::check::some;
use crate::endpoint::{Auth, Endpoint};
use crate::error::{Effect, Error};
use crate::wire::{Body, ReadError, Reply};

/// `POST /v4/bulk/custom_fields/subscribers`: sets values of custom fields.
///
/// Kit answers 200 with the outcome of each value, 202 if there are more than 100, which Kit queues, or 413 if too
/// much is queued already.
///
/// # Examples
///
/// ```
/// use kit_core::bulk::{BulkUpdateCustomFieldValues, CustomFieldValue};
///
/// let update = BulkUpdateCustomFieldValues::new([CustomFieldValue::new(9.into(), 8.into(), "Lee")])?;
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct BulkUpdateCustomFieldValues {
    custom_field_values: Vec<CustomFieldValue>,
    callback_url: Option<CallbackUrl>,
}

impl BulkUpdateCustomFieldValues {
    /// Sets these values, at least one.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `custom_field_values` where there are none.
    pub fn new(
        custom_field_values: impl IntoIterator<Item = CustomFieldValue>,
    ) -> Result<Self, Error> {
        Ok(Self {
            custom_field_values: some("custom_field_values", custom_field_values)?,
            callback_url: None,
        })
    }

    /// The URL that Kit posts the result to, where it queues the request: see
    /// `kit_core::deliveries::BulkCallback`.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `callback_url` where it is not an absolute http or https URL with a host.
    pub fn with_callback_url(mut self, callback_url: impl Into<String>) -> Result<Self, Error> {
        self.callback_url = Some(CallbackUrl::new(callback_url)?);
        Ok(self)
    }
}

impl Endpoint for BulkUpdateCustomFieldValues {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/bulk/custom_fields/subscribers";
    /// Setting a value twice has the same effect as setting it once.
    const EFFECT: Effect = Effect::Repeatable;
    const AUTH: Auth = Auth::OAuth;
    type Reply = Bulk<CustomFieldValue, BulkFailure<CustomFieldValue>>;

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    fn secrets(&self) -> Vec<&str> {
        self.callback_url.as_ref().map(CallbackUrl::secrets).unwrap_or_default()
    }

    #[inline]
    fn reply(
        &self,
        reply: Reply<'_>,
    ) -> Result<Bulk<CustomFieldValue, BulkFailure<CustomFieldValue>>, ReadError> {
        Bulk::read(&reply, Some("custom_field_values"))
    }
}

impl BulkOperation for BulkUpdateCustomFieldValues {
    type Item = CustomFieldValue;
    type Row = CustomFieldValue;
    const ITEMS: &'static str = "custom_field_values";

    fn of(custom_field_values: Vec<CustomFieldValue>) -> Self {
        Self { custom_field_values, callback_url: None }
    }

    #[inline]
    fn outcomes(
        reply: &Self::Reply,
        items: &[CustomFieldValue],
    ) -> Vec<BulkOutcome<CustomFieldValue>> {
        outcomes(reply, items, CustomFieldValue::is_of, CustomFieldValue::is_of)
    }
}
