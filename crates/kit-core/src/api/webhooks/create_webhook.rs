use std::borrow::Cow;

use http::Method;
use serde::{Deserialize, Serialize};

use super::{Event, Webhook};
use crate::wire::http_url;
use crate::{Endpoint, Error};

/// `POST /v4/webhooks`: asks Kit to call a URL when an event happens.
///
/// Kit answers 201 with the [`Webhook`]. It does not look for an equal one: sent twice, this creates
/// two webhooks, which both fire.
///
/// # Examples
///
/// ```
/// use kit_core::webhooks::{CreateWebhook, Event};
///
/// let create = CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate)?;
/// assert_eq!(create.target_url(), "https://example.com/kit");
///
/// let error = CreateWebhook::new("example.com/kit", Event::PurchaseCreate).unwrap_err();
/// assert!(error.to_string().starts_with("target_url: is not an absolute URL"));
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CreateWebhook {
    target_url: String,
    event: Event,
}

impl CreateWebhook {
    /// A webhook that calls `target_url` when `event` happens.
    ///
    /// Deliveries are not signed: put something unguessable into the URL to know them by.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `target_url` or `event.initiator_value` where it is not an absolute http
    /// or https URL with a host, and for `event.name` where it is empty.
    pub fn new(target_url: impl Into<String>, event: Event) -> Result<Self, Error> {
        let target_url = target_url.into();
        http_url::check(&target_url).map_err(|reason| Error::input("target_url", reason))?;
        if let Event::LinkClick { initiator_value } = &event {
            http_url::check(initiator_value)
                .map_err(|reason| Error::input("event.initiator_value", reason))?;
        }
        if event.name().is_empty() {
            return Err(Error::input("event.name", "is empty"));
        }
        Ok(Self { target_url, event })
    }

    /// The URL that Kit is to call.
    pub fn target_url(&self) -> &str {
        &self.target_url
    }

    /// The event that Kit is to watch.
    pub fn event(&self) -> &Event {
        &self.event
    }
}

impl Endpoint for CreateWebhook {
    type Reply = Webhook;
    const METHOD: Method = Method::POST;

    fn path(&self) -> Cow<'static, str> {
        "/v4/webhooks".into()
    }

    /// It is not: Kit would create a second one.
    fn is_idempotent(&self) -> bool {
        false
    }

    fn body(&self) -> Result<Option<Vec<u8>>, Error> {
        // It never grows for a documented event, but for a long link.
        let mut body = Vec::with_capacity(256 + self.target_url.len());
        serde_json::to_writer(&mut body, self)
            .map_err(|error| Error::input("event", error.to_string()))?;
        Ok(Some(body))
    }

    fn reply(&self, body: &[u8]) -> Result<Webhook, serde_json::Error> {
        #[derive(Deserialize)]
        struct Reply {
            webhook: Webhook,
        }
        serde_json::from_slice(body).map(|Reply { webhook }| webhook)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Credentials, Kit};

    /// The documented example of the operation.
    #[test]
    fn the_documented_example_is_what_is_sent_and_read() {
        let kit = Kit::new(Credentials::api_key("kit_0123"));
        let create =
            CreateWebhook::new("https://example.convertkit.dev/", Event::SubscriberActivate)
                .unwrap();

        let request = kit.request(&create).unwrap();
        assert_eq!(request.method(), "POST");
        assert_eq!(request.uri(), "https://api.kit.com/v4/webhooks");
        let headers: Vec<_> = request
            .headers()
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        assert_eq!(
            headers,
            [
                "accept: application/json",
                "content-type: application/json",
                concat!("user-agent: kit-core/", env!("CARGO_PKG_VERSION")),
                "x-kit-api-key: kit_0123",
            ]
        );
        assert_eq!(
            std::str::from_utf8(request.body()).unwrap(),
            r#"{"target_url":"https://example.convertkit.dev/","event":{"name":"subscriber.subscriber_activate","form_id":null,"tag_id":null,"sequence_id":null,"product_id":null,"initiator_value":null,"custom_field_id":null}}"#
        );

        let body = r#"{"webhook": {"id": 9, "account_id": 1539, "event": {"name":
            "subscriber_activate", "initiator_value": null},
            "target_url": "https://example.convertkit.dev/"}}"#;
        let response = http::Response::builder().status(201).body(body).unwrap();
        let webhook = kit.response(&create, response).unwrap();
        assert_eq!(webhook.id, 9.into());
        assert_eq!(webhook.account_id, 1539.into());
        assert_eq!(webhook.event, Event::SubscriberActivate);
        assert_eq!(webhook.target_url, "https://example.convertkit.dev/");
    }

    #[test]
    fn a_bad_link_is_refused_by_name() {
        let event = Event::LinkClick { initiator_value: "example.com".into() };
        let error = CreateWebhook::new("https://example.com/kit", event).unwrap_err();
        assert!(error.to_string().starts_with("event.initiator_value: "), "{error}");
    }

    #[test]
    fn a_nameless_event_is_refused_by_name() {
        let event = serde_json::from_str(r#"{"name": ""}"#).unwrap();
        let error = CreateWebhook::new("https://example.com/kit", event).unwrap_err();
        assert_eq!(error.to_string(), "event.name: is empty");
    }
}
