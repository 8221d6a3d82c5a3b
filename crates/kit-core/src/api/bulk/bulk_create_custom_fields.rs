use http::Method;
use serde::Serialize;
use serde_json::Value;

use super::callback_url::CallbackUrl;
use super::matching::{is_named, is_same_name, outcomes};
use super::{Bulk, BulkOperation, BulkOutcome, NewCustomField};
use crate::api::check::some;
use crate::custom_fields::CustomField;
use crate::endpoint::{Auth, Endpoint};
use crate::error::{Effect, Error};
use crate::wire::{Body, ReadError, Reply};

/// `POST /v4/bulk/custom_fields`: creates custom fields, and leaves existing ones as they are.
///
/// Kit answers 200 with the outcome of each field, 202 if there are more than 100, which Kit queues, or 413 if too
/// much is queued already.
///
/// # Examples
///
/// ```
/// use kit_core::bulk::{BulkCreateCustomFields, NewCustomField};
///
/// let create = BulkCreateCustomFields::new([NewCustomField::new("Last name")])?;
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct BulkCreateCustomFields {
    custom_fields: Vec<NewCustomField>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_url: Option<CallbackUrl>,
}

impl BulkCreateCustomFields {
    /// Creates these custom fields, at least one.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `custom_fields` where there are none.
    pub fn new(custom_fields: impl IntoIterator<Item = NewCustomField>) -> Result<Self, Error> {
        Ok(Self { custom_fields: some("custom_fields", custom_fields)?, callback_url: None })
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

impl Endpoint for BulkCreateCustomFields {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/bulk/custom_fields";
    /// A second request finds the fields of the first.
    const EFFECT: Effect = Effect::Repeatable;
    const AUTH: Auth = Auth::OAuth;
    type Reply = Bulk<CustomField, Value>;

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    fn secrets(&self) -> Vec<&str> {
        self.callback_url.as_ref().map(CallbackUrl::secrets).unwrap_or_default()
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Bulk<CustomField, Value>, ReadError> {
        Bulk::read(&reply, Some("custom_fields"))
    }
}

impl BulkOperation for BulkCreateCustomFields {
    type Item = NewCustomField;
    type Row = CustomField;
    const ITEMS: &'static str = "custom_fields";

    fn of(custom_fields: Vec<NewCustomField>) -> Self {
        Self { custom_fields, callback_url: None }
    }

    #[inline]
    fn outcomes(reply: &Self::Reply, items: &[NewCustomField]) -> Vec<BulkOutcome<CustomField>> {
        outcomes(
            reply,
            items,
            |item, echo| is_named(echo, "label", &item.label),
            |item, row| row.label.as_ref().is_some_and(|label| is_same_name(&item.label, label)),
        )
    }
}
