use serde::{Deserialize, Serialize};

use super::{SigningSecret, WebhookEndpoint};

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
}
