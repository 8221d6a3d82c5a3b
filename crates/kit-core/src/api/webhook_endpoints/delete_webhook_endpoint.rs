use http::Method;

use crate::WebhookEndpointId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, ReadError, Reply};

/// `DELETE /v4/webhook_endpoints/{id}`: deletes a webhook endpoint, so that Kit posts nothing more to its URL.
///
/// Kit answers 204; 404 where no endpoint of the account has the id; 403 to an API key where an app made the
/// endpoint.
///
/// # Examples
///
/// ```
/// use kit_core::webhook_endpoints::DeleteWebhookEndpoint;
///
/// let delete = DeleteWebhookEndpoint::new(7.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeleteWebhookEndpoint {
    id: WebhookEndpointId,
}

impl DeleteWebhookEndpoint {
    /// Deletes the endpoint with this id.
    pub fn new(id: WebhookEndpointId) -> Self {
        Self { id }
    }
}

impl Endpoint for DeleteWebhookEndpoint {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/v4/webhook_endpoints/{id}";
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
