use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, Method, header};
use serde_json::Value;

/// A request that was read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) head: http::Request<()>,
    pub(crate) body: Bytes,
}

impl Request {
    pub(crate) fn method(&self) -> &Method {
        self.head.method()
    }

    pub(crate) fn path(&self) -> &str {
        self.head.uri().path()
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        self.head.headers()
    }

    pub(crate) fn query(&self) -> &str {
        self.head.uri().query().unwrap_or_default()
    }

    /// The parameters of the query. One without a value counts as absent.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        let pairs = form_urlencoded::parse(self.query().as_bytes());
        pairs.filter(|(_, value)| !value.is_empty())
    }

    /// The parameter of the query with this name.
    pub(crate) fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        self.parameters().find(|(given, _)| given == name).map(|(_, value)| value)
    }

    /// The media type of the body, in lower case, without its parameters.
    pub(crate) fn media_type(&self) -> String {
        let content_type = self.headers().get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
        content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The body as JSON.
    ///
    /// # Errors
    ///
    /// The problem of the body.
    pub(crate) fn json(&self) -> Result<Value, String> {
        let media_type = self.media_type();
        if media_type != "application/json" {
            return Err(format!("Content-Type must be application/json, not {media_type:?}"));
        }
        serde_json::from_slice(&self.body)
            .map_err(|error| format!("The body must be a JSON object: {error}"))
    }
}
