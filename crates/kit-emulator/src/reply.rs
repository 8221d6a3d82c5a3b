use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::body::ReplyBody;

/// A reply before it is HTTP.
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    content: Content,
    /// In seconds.
    retry_after: Option<u64>,
    location: Option<String>,
}

#[derive(Debug)]
enum Content {
    None,
    Json(Value),
    Html(String),
}

impl Reply {
    pub(crate) fn json(status: StatusCode, body: Value) -> Self {
        Self::new(status, Content::Json(body))
    }

    pub(crate) fn no_content() -> Self {
        Self::new(StatusCode::NO_CONTENT, Content::None)
    }

    pub(crate) fn redirect(location: String) -> Self {
        Self { location: Some(location), ..Self::new(StatusCode::FOUND, Content::None) }
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

    pub(crate) fn too_many_requests(seconds: u64) -> Self {
        let reply = Self::error(StatusCode::TOO_MANY_REQUESTS, "Rate limit exceeded");
        Self { retry_after: Some(seconds), ..reply }
    }

    /// What Kit says with a status, or a proxy before it.
    pub(crate) fn failure(status: StatusCode) -> Self {
        match status.as_u16() {
            204 | 304 => Self::new(status, Content::None),
            502..=504 => {
                let page = format!("<html><h1>{status}</h1></html>");
                Self::new(status, Content::Html(page))
            }
            _ => Self::error(status, status.canonical_reason().unwrap_or("Failed")),
        }
    }

    fn new(status: StatusCode, content: Content) -> Self {
        Self { status, content, retry_after: None, location: None }
    }

    pub(crate) fn into_http(self) -> Response<ReplyBody> {
        let (content_type, body) = match self.content {
            Content::None => (None, Bytes::new()),
            Content::Json(body) => {
                (Some("application/json; charset=utf-8"), body.to_string().into())
            }
            Content::Html(page) => (Some("text/html"), page.into()),
        };
        let mut response = Response::new(ReplyBody::whole(body));
        *response.status_mut() = self.status;
        if let Some(content_type) = content_type {
            let value = HeaderValue::from_static(content_type);
            response.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(Ok(location)) = self.location.map(HeaderValue::try_from) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        // Tokens are among them (RFC 6749, section 5.1).
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
