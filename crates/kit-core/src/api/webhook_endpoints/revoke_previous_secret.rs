use http::Method;

use super::WebhookEndpoint;
use crate::WebhookEndpointId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, ReadError, Reply};

/// `POST /v4/webhook_endpoints/{id}/revoke_previous_secret`: ends the previous signing secret at once, before the
/// time of the rotation is over.
///
/// Kit's answer where there is no previous secret is not documented.
///
/// # Examples
///
/// ```
/// use kit_core::webhook_endpoints::RevokePreviousSecret;
///
/// let revoke = RevokePreviousSecret::new(7.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RevokePreviousSecret {
    id: WebhookEndpointId,
}

impl RevokePreviousSecret {
    /// Ends the previous secret of the endpoint with this id.
    pub fn new(id: WebhookEndpointId) -> Self {
        Self { id }
    }
}

impl Endpoint for RevokePreviousSecret {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/webhook_endpoints/{id}/revoke_previous_secret";
    const EFFECT: Effect = Effect::Repeatable;
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
