//! The floor: the same request and the same reply through derived structs, without a check, a choice
//! or an error of their own.

use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use http::{Method, Request, Uri};
use serde::{Deserialize, Serialize};

/// The credential.
pub const API_KEY: &str = "kit_0123456789abcdef";
/// The URL that the webhook calls.
pub const TARGET_URL: &str = "https://example.com/kit/0123456789abcdef";
/// The tag that it watches.
pub const TAG: u64 = 44;
/// A reply.
pub const CREATED: &str = r#"{"webhook":{"id":9,"account_id":1539,"event":{"name":"tag_add","initiator_value":null,"tag_id":44},"target_url":"https://example.com/kit/0123456789abcdef"}}"#;

#[derive(Serialize)]
struct Create<'a> {
    target_url: &'a str,
    event: CreateEvent<'a>,
}

#[derive(Serialize)]
struct CreateEvent<'a> {
    name: &'a str,
    form_id: Option<u64>,
    tag_id: Option<u64>,
    sequence_id: Option<u64>,
    product_id: Option<u64>,
    initiator_value: Option<&'a str>,
    custom_field_id: Option<u64>,
}

/// The parts that a program makes once.
#[derive(Clone, Debug)]
pub struct Parts {
    uri: Uri,
    headers: HeaderMap,
}

impl Parts {
    /// For requests to this base URL.
    pub fn new(base_url: &str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static("kit-core/0.1.0"));
        headers.insert("x-kit-api-key", HeaderValue::from_static(API_KEY));
        Self { uri: format!("{base_url}/v4/webhooks").parse().expect("a URL"), headers }
    }

    /// Builds the request.
    pub fn build(&self) -> Request<Vec<u8>> {
        let mut request = Request::new(body());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        request
    }
}

/// The body of a request.
pub fn body() -> Vec<u8> {
    let create = Create {
        target_url: TARGET_URL,
        event: CreateEvent {
            name: "subscriber.tag_add",
            form_id: None,
            tag_id: Some(TAG),
            sequence_id: None,
            product_id: None,
            initiator_value: None,
            custom_field_id: None,
        },
    };
    serde_json::to_vec(&create).expect("JSON")
}

/// The reply, as a derived struct.
#[derive(Debug, Deserialize)]
pub struct Reply {
    /// The webhook.
    pub webhook: Webhook,
}

/// The webhook, as a derived struct that keeps all of the reply.
#[derive(Debug, Deserialize)]
pub struct Webhook {
    /// Its id.
    pub id: u64,
    /// Its account.
    pub account_id: u64,
    /// Its event.
    pub event: WebhookEvent,
    /// Its URL.
    pub target_url: String,
}

/// The event, as a derived struct.
#[derive(Debug, Deserialize)]
pub struct WebhookEvent {
    /// Its name.
    pub name: String,
    /// The form.
    pub form_id: Option<u64>,
    /// The tag.
    pub tag_id: Option<u64>,
    /// The sequence.
    pub sequence_id: Option<u64>,
    /// The product.
    pub product_id: Option<u64>,
    /// The link.
    pub initiator_value: Option<String>,
    /// The custom field.
    pub custom_field_id: Option<u64>,
}

/// Reads a 201.
pub fn read(body: &[u8]) -> Reply {
    serde_json::from_slice(body).expect("a reply")
}
