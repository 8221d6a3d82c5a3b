//! One request for one reply: as the service says, or as a fault does.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use http::{HeaderValue, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;

use super::body::ReplyBody;
use super::fault::{Effect, When};
use super::{Fault, Faults, Recorder, Reply, Request, Service};

/// The largest body that is read, in bytes.
const MAX_BODY: usize = 1024 * 1024;

/// The same where there may be many items: as much as Kit queues of bulk requests.
const MAX_BODY_OF_MANY: usize = 300_000_000;

/// The connection is to be closed without an answer.
#[derive(Debug)]
pub(super) struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("closed by a fault")
    }
}

impl std::error::Error for Closed {}

pub(super) async fn answer(
    service: &dyn Service,
    faults: &Faults,
    recorder: &Recorder,
    count: &AtomicUsize,
    request: http::Request<Incoming>,
) -> Result<Response<ReplyBody>, Closed> {
    let start = Instant::now();
    let (parts, body) = request.into_parts();
    let head = http::Request::from_parts(parts, ());
    let has_many = ["/v4/bulk/", "/_kit/"].iter().any(|path| head.uri().path().starts_with(path));
    let limit = if has_many { MAX_BODY_OF_MANY } else { MAX_BODY };
    let reply = if let Ok(body) = Limited::new(body, limit).collect().await {
        let request = Request { head, body: body.to_bytes() };
        if let Some(reply) = service.control(&request) {
            return Ok(with_headers(reply.await.into_http(), start));
        }
        recorder.record(&request.head, &request.body);
        count.fetch_add(1, Ordering::Relaxed);
        match faults.choose(&request) {
            None => service.answer(&request).into_http(),
            Some(fault) => with_fault(service, fault, &request).await?,
        }
    } else {
        count.fetch_add(1, Ordering::Relaxed);
        let message = "The body is too large, or was cut off";
        Reply::error(StatusCode::PAYLOAD_TOO_LARGE, message).into_http()
    };
    Ok(with_headers(reply, start))
}

async fn with_fault(
    service: &dyn Service,
    Fault { effect, when }: Fault,
    request: &Request,
) -> Result<Response<ReplyBody>, Closed> {
    let apply = || service.answer(request);
    let applied = match when {
        When::AfterApplying => Some(apply()),
        When::BeforeApplying => None,
    };
    match effect {
        Effect::Close => Err(Closed),
        Effect::Status { status, body, retry_after } => {
            let reply = match body {
                Some((content_type, body)) => Reply::own(status, content_type, body),
                None => service.failure(request, status),
            };
            let mut response = reply.into_http();
            if let Some(Ok(value)) = retry_after.map(HeaderValue::try_from) {
                response.headers_mut().insert(http::header::RETRY_AFTER, value);
            }
            Ok(response)
        }
        Effect::Delay(delay) => {
            tokio::time::sleep(delay).await;
            Ok(applied.unwrap_or_else(apply).into_http())
        }
        Effect::Garbage => Ok(broken(applied).map(|_| ReplyBody::garbage())),
        Effect::Truncate => Ok(broken(applied).map(ReplyBody::cut_in_half)),
    }
}

/// The reply whose body is to be broken: the correct one, if the request was applied and the reply has a
/// body.
fn broken(applied: Option<Reply>) -> Response<ReplyBody> {
    match applied {
        Some(reply) if reply.has_body() => reply.into_http(),
        Some(_) => Reply::success(StatusCode::OK).into_http(),
        None => Reply::success(StatusCode::CREATED).into_http(),
    }
}

/// Adds the headers that every reply of Kit has.
fn with_headers(mut response: Response<ReplyBody>, start: Instant) -> Response<ReplyBody> {
    let id = uuid::Uuid::new_v4().to_string();
    let runtime = format!("{:.6}", start.elapsed().as_secs_f64());
    for (name, value) in [("x-request-id", id), ("x-runtime", runtime)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
