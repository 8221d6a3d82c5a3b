//! `GET /_kit/requests`: the requests that came last, oldest first, with their replies and without their credentials.
//! `GET /_kit/requests/NUMBER`: one of them.

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value, json};

use super::Controlled;
use super::query::{is_set, limit, number};
use crate::server::redacted::{self, REDACTED};
use crate::server::{Ending, Exchange, Reply, Request};
use crate::world::time;

/// With `since`, the `cursor` of another answer: those that have changed. With `brief`: without headers and bodies.
pub(super) fn list(kit: &dyn Controlled, request: &Request) -> Reply {
    let asked = number(request, "since").and_then(|since| Ok((since, limit(request)?)));
    let (since, limit) = match asked {
        Ok(asked) => asked,
        Err(message) => return Reply::unprocessable(message),
    };
    let recorder = kit.recorder();
    let first = recorder.first_number();
    let (exchanges, cursor) = match since {
        Some(since) => recorder.since(since, limit),
        None => recorder.last(limit),
    };
    let write = if is_set(request, "brief") { brief } else { whole };
    let requests: Vec<_> = exchanges.iter().map(write).collect();
    let generation = recorder.generation();
    let body =
        json!({"requests": requests, "cursor": cursor, "first": first, "generation": generation});
    Reply::json(StatusCode::OK, body)
}

pub(super) fn get(kit: &dyn Controlled, number: &str) -> Reply {
    match number.parse().ok().and_then(|number| kit.recorder().get(number)) {
        Some(exchange) => Reply::json(StatusCode::OK, whole(&exchange)),
        None => Reply::not_found(),
    }
}

fn brief(exchange: &Exchange) -> Value {
    let received = exchange.received.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (status, error) = match &exchange.ending {
        Ending::Open => (None, None),
        Ending::Replied(reply) => (Some(reply.status.as_u16()), None),
        Ending::Closed => (None, Some("the connection was closed without a reply")),
        Ending::Gone => (None, Some("the client did not wait for the reply")),
    };
    json!({
        "number": exchange.number,
        "received_at": time::text(received.as_secs()),
        "received_ms": millis(exchange.received),
        "method": exchange.request.method().as_str(),
        "path": exchange.request.uri().path(),
        "query": redacted::query(exchange.request.uri()),
        "status": status,
        "error": error,
        "fault": exchange.fault,
        "duration_ms": exchange.duration.map(|duration| duration.as_secs_f64() * 1000.0),
    })
}

fn millis(time: SystemTime) -> u64 {
    let millis = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    u64::try_from(millis).unwrap_or(u64::MAX)
}

fn whole(exchange: &Exchange) -> Value {
    let mut whole = brief(exchange);
    // Secrets and tokens.
    let is_of_oauth = redacted::is_of_oauth(exchange.request.uri());
    let body_of = |body: &Bytes| {
        if is_of_oauth { REDACTED.into() } else { String::from_utf8_lossy(body).into_owned() }
    };
    let reply = match &exchange.ending {
        Ending::Replied(reply) => json!({
            "status": reply.status.as_u16(),
            "reason": reply.status.canonical_reason(),
            "headers": headers(&reply.headers, is_of_oauth),
            "body": body_of(&reply.body),
            "is_cut_off": reply.is_cut_off,
            "body_length": reply.body_length,
        }),
        _ => Value::Null,
    };
    if let Some(fields) = whole.as_object_mut() {
        fields.insert("headers".into(), headers(exchange.request.headers(), is_of_oauth));
        fields.insert("body".into(), body_of(exchange.request.body()).into());
        fields.insert("body_length".into(), exchange.body_length.into());
        fields.insert("reply".into(), reply);
    }
    whole
}

fn headers(headers: &HeaderMap, is_of_oauth: bool) -> Value {
    let mut map = Map::new();
    for name in headers.keys() {
        // The code of an authorization is in the URL that it redirects to.
        let is_secret = redacted::is_credential(name) || (is_of_oauth && *name == header::LOCATION);
        let values = headers.get_all(name).iter();
        let values: Vec<_> =
            values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        let value = if is_secret { REDACTED.to_owned() } else { values.join(", ") };
        map.insert(name.as_str().into(), Value::String(value));
    }
    map.into()
}
