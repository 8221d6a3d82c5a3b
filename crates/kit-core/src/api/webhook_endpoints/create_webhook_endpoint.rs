use std::fmt;

use http::Method;
use serde::Serialize;

use super::{EndpointWithSecret, EventType};
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::wire::{Body, ReadError, Reply, http_url};

/// `POST /v4/webhook_endpoints`: asks Kit to post events to a URL, signed.
///
/// Kit answers 201 with the endpoint and its signing secret, which it does not show again. Kit does not look for an
/// equal endpoint: sent twice, this operation creates two, and Kit posts each event twice. Kit answers 422 to a URL
/// that is not public, and to a type of events that it only plans.
///
/// # Examples
///
/// ```
/// use kit_core::webhook_endpoints::{CreateWebhookEndpoint, EventType};
///
/// let create = CreateWebhookEndpoint::new("https://example.com/kit", [EventType::SubscriberTagAdded])?
///     .with_name("shop");
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct CreateWebhookEndpoint {
    url: String,
    events: Vec<EventType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl CreateWebhookEndpoint {
    /// An endpoint to whose `url` Kit posts the events of these types.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `url` where it is not an absolute http or https URL with a host, and for `events` where
    /// there is none, or one has no name.
    pub fn new(
        url: impl Into<String>,
        events: impl IntoIterator<Item = EventType>,
    ) -> Result<Self, Error> {
        let (url, events) = (url.into(), checked(events)?);
        http_url::check(&url).map_err(|reason| Error::input("url", reason))?;
        Ok(Self { url, events, name: None, description: None })
    }

    /// Sets the name that people see at Kit.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the description that people see at Kit.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The URL that Kit posts to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The types of events that Kit posts.
    pub fn events(&self) -> &[EventType] {
        &self.events
    }

    /// The name that people see at Kit, if it is set.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The description that people see at Kit, if it is set.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }
}

/// The types of events, each once.
pub(super) fn checked(
    events: impl IntoIterator<Item = EventType>,
) -> Result<Vec<EventType>, Error> {
    let mut kept = Vec::new();
    for event in events {
        if event.as_str().is_empty() {
            return Err(Error::input("events", "has a type without a name"));
        }
        if !kept.contains(&event) {
            kept.push(event);
        }
    }
    if kept.is_empty() {
        return Err(Error::input("events", "is empty: Kit wants one type at least"));
    }
    Ok(kept)
}

impl Endpoint for CreateWebhookEndpoint {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/webhook_endpoints";
    /// Sent a second time, the operation creates a second endpoint.
    const EFFECT: Effect = Effect::Creates;
    const HAS_SECRET_REPLY: bool = true;
    type Reply = EndpointWithSecret;

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    fn secrets(&self) -> Vec<&str> {
        http_url::secret_parts(&self.url)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<EndpointWithSecret, ReadError> {
        EndpointWithSecret::read(&reply)
    }
}

/// Shows the host of a URL alone: the rest may be a secret.
impl fmt::Debug for CreateWebhookEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateWebhookEndpoint")
            .field("url", &http_url::Shown(&self.url))
            .field("events", &self.events)
            .field("name", &self.name)
            .field("description", &self.description)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{json, kit};
    use crate::webhook_endpoints::EndpointStatus;

    #[test]
    fn request_and_reply_are_as_documented() {
        let types =
            [EventType::SubscriberTagAdded, "tag.moved".into(), EventType::SubscriberTagAdded];
        let create = CreateWebhookEndpoint::new("https://example.com/kit", types).unwrap();
        let request = kit().request(&create.clone().with_name("shop")).unwrap();
        assert_eq!(request.uri(), "https://api.kit.com/v4/webhook_endpoints");
        let body = serde_json::json!({"url": "https://example.com/kit", "name": "shop",
            "events": ["subscriber.tag_added", "tag.moved"]});
        assert_eq!(json(&request), body);

        let body = serde_json::json!({"webhook_endpoint": {"id": 7, "name": "shop",
            "url": "https://example.com/kit", "events": ["subscriber.tag_added", "tag.moved"],
            "status": "active", "source": "creator", "description": null, "created_by_app": null,
            "created_at": "2023-02-17T11:43:55Z", "previous_secret_expires_at": null,
            "secret": "whsec_5ecret"}});
        let response = http::Response::builder().status(201).body(body.to_string()).unwrap();
        let made = kit().response(&create, response).unwrap();
        assert_eq!(made.endpoint.id, 7.into());
        assert_eq!(made.endpoint.status, EndpointStatus::Active);
        assert_eq!(made.secret.secret(), "whsec_5ecret");
        assert!(!format!("{made:?}").contains("5ecret"), "{made:?}");
        assert_eq!(serde_json::to_value(&made).unwrap(), body["webhook_endpoint"]);
    }

    #[test]
    fn a_reply_that_cannot_be_read_shows_no_secret() {
        let create = CreateWebhookEndpoint::new("https://a.b/", [EventType::TagCreated]).unwrap();
        let body = r#"{"webhook_endpoint": {"id": "x", "secret": "whsec_5ecret"}}"#;
        let response = http::Response::builder().status(201).body(body).unwrap();
        let error = kit().response(&create, response).unwrap_err();
        assert!(error.may_have_been_applied());
        assert!(!format!("{error:?} {error}").contains("5ecret"), "{error:?}");
    }

    #[test]
    fn bad_input_is_named() {
        let bad = |url: &str, events: Vec<EventType>| {
            CreateWebhookEndpoint::new(url, events).unwrap_err().to_string()
        };
        let all = vec![EventType::TagCreated];
        assert!(bad("example.com", all).starts_with("url: is not an absolute URL"));
        assert_eq!(bad("https://a.b", vec![]), "events: is empty: Kit wants one type at least");
        assert_eq!(bad("https://a.b", vec!["".into()]), "events: has a type without a name");
    }
}
