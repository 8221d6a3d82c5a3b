use std::borrow::Cow;

use http::Method;

use crate::{Endpoint, WebhookId};

/// `DELETE /v4/webhooks/{id}`: asks Kit to call no more, and to forget the webhook.
///
/// Kit answers 204, or 404 where there is no such webhook.
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
    /// The webhook of that id.
    pub fn new(id: WebhookId) -> Self {
        Self { id }
    }

    /// The id of the webhook.
    pub fn id(&self) -> WebhookId {
        self.id
    }
}

impl Endpoint for DeleteWebhook {
    type Reply = ();
    const METHOD: Method = Method::DELETE;

    fn path(&self) -> Cow<'static, str> {
        format!("/v4/webhooks/{}", self.id).into()
    }

    /// There is nothing to read.
    fn reply(&self, _: &[u8]) -> Result<(), serde_json::Error> {
        Ok(())
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
        let body = r#"{"errors": ["Not Found"]}"#;
        let response = http::Response::builder().status(404).body(body).unwrap();
        let error = kit.response(&delete, response).unwrap_err();
        assert_eq!(error.to_string(), "DELETE /v4/webhooks/9: 404 Not Found: Not Found");
    }
}
