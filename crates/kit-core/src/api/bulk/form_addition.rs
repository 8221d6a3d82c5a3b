use serde::{Deserialize, Serialize};

use super::Echo;
use crate::forms::UtmParameters;
use crate::wire::Timestamp;
use crate::{FormId, SubscriberId};

/// A subscriber to add to a form.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct FormAddition {
    form_id: FormId,
    subscriber_id: SubscriberId,
    #[serde(skip_serializing_if = "Option::is_none")]
    referrer: Option<String>,
}

impl FormAddition {
    /// Adds this subscriber to this form.
    pub fn new(form_id: FormId, subscriber_id: SubscriberId) -> Self {
        Self { form_id, subscriber_id, referrer: None }
    }

    /// Sets the URL of the page where the subscriber signed up. Kit reads the UTM parameters of the URL.
    #[must_use]
    pub fn with_referrer(mut self, referrer: impl Into<String>) -> Self {
        self.referrer = Some(referrer.into());
        self
    }

    pub(super) fn is_of(&self, subscriber: SubscriberId) -> bool {
        self.subscriber_id == subscriber
    }

    /// Whether a failure is of this item.
    pub(super) fn is_echoed(&self, echo: &FormAdditionEcho) -> bool {
        echo.form_id == Some(self.form_id) && echo.subscriber_id == Some(self.subscriber_id)
    }
}

/// An addition to a form that failed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FormAdditionEcho {
    /// The form.
    pub form_id: Option<FormId>,
    /// The subscriber.
    pub subscriber_id: Option<SubscriberId>,
    /// The URL of the page where it happened.
    pub referrer: Option<String>,
}

impl Echo for FormAdditionEcho {
    const NAME: &'static str = "subscription";
}

/// A subscriber who was added to a form, without its state and its custom fields.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BulkFormSubscriber {
    /// The id.
    pub id: SubscriberId,
    /// The first name.
    pub first_name: Option<String>,
    /// The email address.
    #[serde(default)]
    pub email_address: String,
    /// When the subscriber was created.
    pub created_at: Option<Timestamp>,
    /// When the subscriber came to the form.
    pub added_at: Option<Timestamp>,
    /// The URL of the page where the subscriber signed up.
    pub referrer: Option<String>,
    /// The UTM parameters of the referrer.
    pub referrer_utm_parameters: Option<UtmParameters>,
}
