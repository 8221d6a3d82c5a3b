use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::{Value, json};

use super::body::ReplyBody;

/// A reply before it is HTTP.
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    content: Content,
    headers: Vec<(header::HeaderName, String)>,
}

#[derive(Debug)]
enum Content {
    None,
    Json(Value),
    Other { content_type: String, body: Bytes },
}

impl Reply {
    pub(crate) fn json(status: StatusCode, body: Value) -> Self {
        Self::new(status, Content::Json(body))
    }

    /// With a status alone.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self::new(status, Content::None)
    }

    pub(crate) fn redirect(location: String) -> Self {
        Self::empty(StatusCode::FOUND).with_header(header::LOCATION, location)
    }

    pub(crate) fn error(status: StatusCode, message: impl Into<String>) -> Self {
        Self::json(status, json!({"errors": [message.into()]}))
    }

    pub(crate) fn unprocessable(message: impl Into<String>) -> Self {
        Self::error(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    pub(crate) fn not_found() -> Self {
        Self::error(StatusCode::NOT_FOUND, "Not Found")
    }

    /// The path is there, and takes these methods.
    pub(crate) fn method_not_allowed<'a>(allowed: impl Iterator<Item = &'a Method>) -> Self {
        let allowed: Vec<_> = allowed.map(Method::as_str).collect();
        Self::error(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
            .with_header(header::ALLOW, allowed.join(", "))
    }

    /// The reply of Kit with a status, or of a proxy before it.
    pub(crate) fn failure(status: StatusCode) -> Self {
        match status.as_u16() {
            204 | 304 => Self::empty(status),
            502..=504 => {
                let page = format!("<html><h1>{status}</h1></html>");
                Self::own(status, "text/html".into(), page.into())
            }
            _ => Self::error(status, status.canonical_reason().unwrap_or("Failed")),
        }
    }

    /// A reply that looks like a success from outside.
    pub(crate) fn success(status: StatusCode) -> Self {
        Self::json(status, json!({}))
    }

    /// A body of whatever kind.
    pub(crate) fn own(status: StatusCode, content_type: String, body: Bytes) -> Self {
        Self::new(status, Content::Other { content_type, body })
    }

    fn new(status: StatusCode, content: Content) -> Self {
        Self { status, content, headers: Vec::new() }
    }

    pub(crate) fn with_header(mut self, name: header::HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn has_body(&self) -> bool {
        !matches!(self.content, Content::None)
    }

    pub(crate) fn into_http(self) -> Response<ReplyBody> {
        let (content_type, body) = match self.content {
            Content::None => (None, Bytes::new()),
            Content::Json(body) => {
                (Some("application/json; charset=utf-8".to_owned()), body.to_string().into())
            }
            Content::Other { content_type, body } => (Some(content_type), body),
        };
        let mut response = Response::new(ReplyBody::whole(body));
        *response.status_mut() = self.status;
        // Tokens are among them (RFC 6749, section 5.1).
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let content_type = content_type.map(|value| (header::CONTENT_TYPE, value));
        for (name, value) in content_type.into_iter().chain(self.headers) {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
