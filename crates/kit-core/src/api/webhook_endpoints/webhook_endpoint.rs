use std::fmt;

use crate::wire::Timestamp;
use crate::wire::http_url;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{EndpointStatus, EventType};
use crate::WebhookEndpointId;

/// A webhook endpoint that exists at Kit: a URL, and the events that Kit posts to it.
///
/// Fields of the JSON that this version does not know are ignored.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebhookEndpoint {
    /// The id that Kit gave the endpoint.
    pub id: WebhookEndpointId,
    /// The name that people see at Kit. What Kit takes where none was given is not documented.
    pub name: Option<String>,
    /// The URL that Kit posts to.
    #[serde(default)]
    pub url: String,
    /// The types of events that Kit posts, in an order that Kit chooses.
    #[serde(default)]
    pub events: Vec<EventType>,
    /// Whether Kit delivers events.
    #[serde(default)]
    pub status: EndpointStatus,
    /// The maker of the endpoint: `creator` in all examples of Kit.
    pub source: Option<String>,
    /// The description that people see at Kit.
    pub description: Option<String>,
    /// The app that made the endpoint. The shape of this field is not documented.
    pub created_by_app: Option<Value>,
    /// When the endpoint was created.
    pub created_at: Option<Timestamp>,
    /// When Kit stops signing by the secret before the last rotation. `None` where there is no such secret any
    /// more.
    pub previous_secret_expires_at: Option<Timestamp>,
}

impl WebhookEndpoint {
    /// Makes an active endpoint for a test. (An endpoint at Kit is created by
    /// [`CreateWebhookEndpoint`](super::CreateWebhookEndpoint).)
    pub fn new(
        id: impl Into<WebhookEndpointId>,
        url: impl Into<String>,
        events: impl IntoIterator<Item = EventType>,
    ) -> Self {
        Self {
            id: id.into(),
            name: None,
            url: url.into(),
            events: events.into_iter().collect(),
            status: EndpointStatus::Active,
            source: Some("creator".into()),
            description: None,
            created_by_app: None,
            created_at: Some(Timestamp::UNIX_EPOCH),
            previous_secret_expires_at: None,
        }
    }
}

/// Shows the host of a URL alone: the rest may be a secret.
impl fmt::Debug for WebhookEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookEndpoint")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("url", &http_url::Shown(&self.url))
            .field("events", &self.events)
            .field("status", &self.status)
            .field("source", &self.source)
            .field("description", &self.description)
            .field("created_by_app", &self.created_by_app)
            .field("created_at", &self.created_at)
            .field("previous_secret_expires_at", &self.previous_secret_expires_at)
            .finish()
    }
}
