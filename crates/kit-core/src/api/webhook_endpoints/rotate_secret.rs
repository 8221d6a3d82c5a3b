use http::Method;
use serde::Serialize;

use super::EndpointWithSecret;
use crate::WebhookEndpointId;
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, Path, ReadError, Reply};

/// `POST /v4/webhook_endpoints/{id}/rotate_secret`: gives a webhook endpoint a new signing secret.
///
/// Until `previous_secret_expires_at`, 24 hours later in Kit's example, Kit signs by the new secret and by the
/// previous one: give the new one to the receiver in that time, beside the old one. Kit answers 409 while the time
/// of an earlier rotation lasts, unless [`force`](Self::force)d.
///
/// # Examples
///
/// ```
/// use kit_core::webhook_endpoints::RotateSecret;
///
/// let rotate = RotateSecret::new(7.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct RotateSecret {
    #[serde(skip)]
    id: WebhookEndpointId,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    force: bool,
}

impl RotateSecret {
    /// Rotates the secret of the endpoint with this id.
    pub fn new(id: WebhookEndpointId) -> Self {
        Self { id, force: false }
    }

    /// Rotates also while the time of an earlier rotation lasts. The older of the two secrets ends at once.
    #[must_use]
    pub fn force(self) -> Self {
        Self { force: true, ..self }
    }
}

impl Endpoint for RotateSecret {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/webhook_endpoints/{id}/rotate_secret";
    /// Sent a second time, the operation makes another secret, or is refused.
    const EFFECT: Effect = Effect::Creates;
    const HAS_SECRET_REPLY: bool = true;
    type Reply = EndpointWithSecret;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<EndpointWithSecret, ReadError> {
        EndpointWithSecret::read(&reply)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{json, kit};

    #[test]
    fn force_is_sent_where_it_is_wanted() {
        let rotate = RotateSecret::new(7.into());
        let request = kit().request(&rotate).unwrap();
        assert_eq!(request.uri().path(), "/v4/webhook_endpoints/7/rotate_secret");
        assert_eq!(json(&request), serde_json::json!({}));
        let request = kit().request(&rotate.force()).unwrap();
        assert_eq!(json(&request), serde_json::json!({"force": true}));
    }
}
