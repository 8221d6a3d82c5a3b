use std::fmt;

use http::Method;
use serde::Serialize;

use super::{Event, Webhook};
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, ReadError, Reply, http_url};

/// `POST /v4/webhooks`: asks Kit to call a URL when an event happens.
///
/// Kit answers 201 with the [`Webhook`]. Kit does not look for an equal webhook: sent twice, this operation
/// creates two webhooks, and Kit calls the URL twice for each event.
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
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct CreateWebhook {
    target_url: String,
    event: Event,
}

impl CreateWebhook {
    /// A webhook that calls `target_url` when `event` happens.
    ///
    /// Kit does not sign its calls of `target_url`: put a secret into the path or the query of the URL, so
    /// that your program recognises them. No error shows the part of the URL after the host.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `target_url` or `event.initiator_value` where it is not an absolute http or https
    /// URL with a host; for an empty `event.name`; and for the parameter of a documented event, such as
    /// `event.tag_id`, where the event was read from JSON without a usable one. An event whose name this
    /// version does not know is no error.
    pub fn new(target_url: impl Into<String>, event: Event) -> Result<Self, Error> {
        let target_url = target_url.into();
        http_url::check(&target_url).map_err(|reason| Error::input("target_url", reason))?;
        if let Event::LinkClick { initiator_value } = &event {
            http_url::check(initiator_value)
                .map_err(|reason| Error::input("event.initiator_value", reason))?;
        }
        if let Event::Other(other) = &event {
            other.check()?;
        }
        Ok(Self { target_url, event })
    }

    /// The URL that Kit calls when the event happens.
    pub fn target_url(&self) -> &str {
        &self.target_url
    }

    /// The event that the webhook watches.
    pub fn event(&self) -> &Event {
        &self.event
    }
}

impl Endpoint for CreateWebhook {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/webhooks";
    /// Sent a second time, the operation creates a second webhook.
    const EFFECT: Effect = Effect::Creates;
    /// The target URL may hold the secret by which the program recognises Kit's calls.
    const HAS_SECRET_REPLY: bool = true;
    type Reply = Webhook;

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    fn secrets(&self) -> Vec<&str> {
        http_url::secret_parts(&self.target_url)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Webhook, ReadError> {
        reply.field("webhook")
    }
}

/// Shows the host of a URL alone: the rest may be a secret.
impl fmt::Debug for CreateWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateWebhook")
            .field("target_url", &http_url::Shown(&self.target_url))
            .field("event", &self.event)
            .finish()
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
        assert_eq!(webhook.account_id, Some(1539.into()));
        assert_eq!(webhook.event, Event::SubscriberActivate);
        assert_eq!(webhook.target_url, "https://example.convertkit.dev/");
    }

    #[test]
    fn a_bad_link_is_an_error_that_names_it() {
        let event = Event::LinkClick { initiator_value: "example.com".into() };
        let error = CreateWebhook::new("https://example.com/kit", event).unwrap_err();
        assert!(error.to_string().starts_with("event.initiator_value: "), "{error}");
    }

    #[test]
    fn an_event_that_was_read_is_let_through_only_if_its_name_is_new() {
        let create = |json: &str| {
            CreateWebhook::new("https://example.com/kit", serde_json::from_str(json).unwrap())
        };
        for (json, message) in [
            (r#"{"name": ""}"#, "event.name: is empty"),
            (
                r#"{"name": "subscriber.tag_add"}"#,
                "event.tag_id: is missing: subscriber.tag_add requires it",
            ),
            (
                r#"{"name": "tag_add", "tag_id": "VIP", "form_id": 4}"#,
                "event.tag_id: is not an id: a whole number, such as 44",
            ),
            (
                r#"{"name": "subscriber.link_click", "initiator_value": 4}"#,
                "event.initiator_value: is not a text: the URL of a link",
            ),
            (
                r#"{"name": "course_complete", "course_id": null}"#,
                "event.sequence_id: is missing: course_complete requires it",
            ),
        ] {
            assert_eq!(create(json).unwrap_err().to_string(), message, "{json}");
        }
        for json in [
            r#"{"name": "subscriber.moved"}"#,
            r#"{"name": "purchase.tag_add"}"#,
            r#"{"name": "tag_add", "tag_id": "44"}"#,
        ] {
            create(json).unwrap();
        }
    }

    #[test]
    fn the_token_in_the_target_url_is_in_no_error() {
        let kit = Kit::new(Credentials::api_key("kit_0123"));
        let url = "https://example.com/kit/t0ken?key=5ecret";
        let create = CreateWebhook::new(url, Event::PurchaseCreate).unwrap();
        for body in [
            format!(r#"{{"errors": ["cannot reach {url}"]}}"#),
            format!("<html>{}</html>", url.replace('/', "%2F")),
            format!(r#"{{"webhook": {{"id": "{url}", "target_url": "{url}"}}}}"#),
        ] {
            for status in [201, 422] {
                let response = http::Response::builder().status(status).body(&body).unwrap();
                let text = format!("{:?}", kit.response(&create, response).unwrap_err());
                assert!(!text.contains("t0ken") && !text.contains("5ecret"), "{text}");
            }
        }
    }
}
