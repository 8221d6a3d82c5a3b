use http::Method;

use crate::WebhookId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::wire::{Path, ReadError, Reply};

/// `DELETE /v4/webhooks/{id}`: deletes a webhook, so that Kit does not call its URL any more.
///
/// Kit answers 204, or 404 where no webhook has the id.
///
/// # Examples
///
/// ```
/// use kit_core::webhooks::DeleteWebhook;
///
/// let delete = DeleteWebhook::new(9.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeleteWebhook {
    id: WebhookId,
}

impl DeleteWebhook {
    /// Deletes the webhook with this id.
    pub fn new(id: WebhookId) -> Self {
        Self { id }
    }

    /// The id of the webhook.
    pub fn id(&self) -> WebhookId {
        self.id
    }
}

impl Endpoint for DeleteWebhook {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/v4/webhooks/{id}";
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::kit;

    #[test]
    fn the_id_is_in_the_path_and_the_reply_is_empty() {
        let kit = kit();
        let delete = DeleteWebhook::new(9.into());
        let request = kit.request(&delete).unwrap();
        assert_eq!(request.method(), "DELETE");
        assert_eq!(request.uri(), "https://api.kit.com/v4/webhooks/9");
        assert!(request.body().is_empty() && !request.headers().contains_key("content-type"));

        let response = http::Response::builder().status(204).body([]).unwrap();
        kit.response(&delete, response).unwrap();
        // A proxy's page is no deletion.
        let page = http::Response::builder().status(200).body("<html>").unwrap();
        let error = kit.response(&delete, page).unwrap_err();
        assert!(error.may_have_been_applied() && error.to_string().contains("HTML"), "{error}");

        let body = r#"{"errors": ["Not Found"]}"#;
        let response = http::Response::builder().status(404).body(body).unwrap();
        let error = kit.response(&delete, response).unwrap_err();
        assert_eq!(error.to_string(), "DELETE /v4/webhooks/9: 404 Not Found: Not Found");
    }
}
