use serde::{Deserialize, Serialize};

use super::{SigningSecret, WebhookEndpoint};
use crate::wire::{ReadError, Reply};

/// A webhook endpoint with its signing secret, which Kit shows once: keep it, since nothing else can verify
/// deliveries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EndpointWithSecret {
    /// The endpoint.
    #[serde(flatten)]
    pub endpoint: WebhookEndpoint,
    /// The secret that signs deliveries from now on.
    pub secret: SigningSecret,
}

impl EndpointWithSecret {
    /// Makes an endpoint with its secret, for a test.
    pub fn new(endpoint: WebhookEndpoint, secret: impl Into<SigningSecret>) -> Self {
        Self { endpoint, secret: secret.into() }
    }

    /// Reads the endpoint, and then its secret, so that an error names the field.
    #[inline]
    pub(super) fn read(reply: &Reply<'_>) -> Result<Self, ReadError> {
        #[derive(Deserialize)]
        struct Shown {
            secret: SigningSecret,
        }
        let endpoint = reply.field("webhook_endpoint")?;
        let Shown { secret } = reply.field("webhook_endpoint")?;
        Ok(Self { endpoint, secret })
    }
}
