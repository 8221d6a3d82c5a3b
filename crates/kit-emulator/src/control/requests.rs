//! `GET /_kit/requests`: the requests that came last, oldest first, without their credentials.

use http::{StatusCode, header};
use serde_json::{Map, Value, json};

use super::Controlled;
use crate::server::Reply;

pub(super) fn list(kit: &dyn Controlled) -> Reply {
    let requests: Vec<_> = kit.recorder().requests().iter().map(of).collect();
    Reply::json(StatusCode::OK, json!({"requests": requests}))
}

fn of(request: &http::Request<bytes::Bytes>) -> Value {
    // Secrets and tokens.
    let is_of_oauth = request.uri().path().contains("/oauth/");
    let mut headers = Map::new();
    for (name, value) in request.headers() {
        let is_credential = *name == header::AUTHORIZATION || name.as_str() == "x-kit-api-key";
        let value = String::from_utf8_lossy(value.as_bytes());
        let value = if is_credential { "[redacted]".into() } else { value };
        headers.insert(name.as_str().into(), Value::String(value.into_owned()));
    }
    json!({
        "method": request.method().as_str(),
        "path": request.uri().path(),
        "query": request.uri().query(),
        "headers": headers,
        "body": if is_of_oauth { "[redacted]".into() } else { String::from_utf8_lossy(request.body()) },
    })
}
