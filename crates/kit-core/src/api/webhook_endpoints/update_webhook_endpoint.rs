use std::fmt;

use http::Method;
use serde::Serialize;

use super::create_webhook_endpoint::checked;
use super::{EndpointStatus, EventType, WebhookEndpoint};
use crate::WebhookEndpointId;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Path, ReadError, Reply, http_url};

/// `PATCH /v4/webhook_endpoints/{id}`: changes what is given of a webhook endpoint, and nothing else.
///
/// Kit answers 200 with the endpoint; 404 where no endpoint of the account has the id; 403 to an API key where an
/// app made the endpoint.
///
/// # Examples
///
/// ```
/// use kit_core::webhook_endpoints::{EndpointStatus, UpdateWebhookEndpoint};
///
/// let pause = UpdateWebhookEndpoint::new(7.into()).with_status(EndpointStatus::Disabled);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct UpdateWebhookEndpoint {
    #[serde(skip)]
    id: WebhookEndpointId,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<EndpointStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Vec<EventType>>,
}

impl UpdateWebhookEndpoint {
    /// Changes nothing yet of the endpoint with this id.
    pub fn new(id: WebhookEndpointId) -> Self {
        Self { id, name: None, url: None, description: None, status: None, events: None }
    }

    /// Changes the name.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Changes the URL that Kit posts to.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `url` where it is not an absolute http or https URL with a host.
    pub fn with_url(mut self, url: impl Into<String>) -> Result<Self, Error> {
        let url = url.into();
        http_url::check(&url).map_err(|reason| Error::input("url", reason))?;
        self.url = Some(url);
        Ok(self)
    }

    /// Changes the description.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Stops deliveries ([`EndpointStatus::Disabled`]), or resumes them ([`EndpointStatus::Active`]).
    #[must_use]
    pub fn with_status(mut self, status: EndpointStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Replaces the whole list of types of events.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `events` where there is none, or one has no name.
    pub fn with_events(
        mut self,
        events: impl IntoIterator<Item = EventType>,
    ) -> Result<Self, Error> {
        self.events = Some(checked(events)?);
        Ok(self)
    }

    /// The id of the endpoint.
    pub fn id(&self) -> WebhookEndpointId {
        self.id
    }

    /// Whether the update changes anything.
    pub fn is_empty(&self) -> bool {
        *self == Self::new(self.id)
    }
}

impl Endpoint for UpdateWebhookEndpoint {
    const METHOD: Method = Method::PATCH;
    const PATH: &'static str = "/v4/webhook_endpoints/{id}";
    /// The fields are set to values that do not depend on what they were.
    const EFFECT: Effect = Effect::Repeatable;
    /// The URL may hold a secret.
    const HAS_SECRET_REPLY: bool = true;
    type Reply = WebhookEndpoint;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    fn secrets(&self) -> Vec<&str> {
        self.url.as_deref().map(http_url::secret_parts).unwrap_or_default()
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<WebhookEndpoint, ReadError> {
        reply.field("webhook_endpoint")
    }
}

/// Shows the host of a URL alone: the rest may be a secret.
impl fmt::Debug for UpdateWebhookEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateWebhookEndpoint")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("url", &self.url.as_deref().map(http_url::Shown))
            .field("description", &self.description)
            .field("status", &self.status)
            .field("events", &self.events)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{json, kit};

    #[test]
    fn only_what_is_given_is_sent() {
        let update = UpdateWebhookEndpoint::new(7.into());
        assert!(update.is_empty());
        assert_eq!(json(&kit().request(&update).unwrap()), serde_json::json!({}));
        let update = update.with_description("").with_events([EventType::TagCreated]).unwrap();
        assert!(!update.is_empty());
        let request = kit().request(&update).unwrap();
        assert_eq!(
            (request.method(), request.uri().path()),
            (&Method::PATCH, "/v4/webhook_endpoints/7")
        );
        assert_eq!(
            json(&request),
            serde_json::json!({"description": "", "events": ["tag.created"]})
        );
    }
}
