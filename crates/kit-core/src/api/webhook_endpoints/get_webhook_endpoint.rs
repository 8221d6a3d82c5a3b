use http::Method;

use super::WebhookEndpoint;
use crate::WebhookEndpointId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, ReadError, Reply};

/// `GET /v4/webhook_endpoints/{id}`: reads a webhook endpoint.
///
/// Kit answers 404 where no endpoint of the account has the id, and where another app made the endpoint.
///
/// # Examples
///
/// ```
/// use kit_core::webhook_endpoints::GetWebhookEndpoint;
///
/// let get = GetWebhookEndpoint::new(7.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GetWebhookEndpoint {
    id: WebhookEndpointId,
}

impl GetWebhookEndpoint {
    /// Reads the endpoint with this id.
    pub fn new(id: WebhookEndpointId) -> Self {
        Self { id }
    }
}

impl Endpoint for GetWebhookEndpoint {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/webhook_endpoints/{id}";
    const EFFECT: Effect = Effect::Reads;
    /// The URL may hold a secret.
    const HAS_SECRET_REPLY: bool = true;
    type Reply = WebhookEndpoint;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<WebhookEndpoint, ReadError> {
        reply.field("webhook_endpoint")
    }
}
