//! One request for one reply: as the service says, or as a fault does.

use std::fmt;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};

use super::body::ReplyBody;
use super::counts::Counts;
use super::fault::{Effect, When};
use super::recorded::{Ending, Replied};
use super::{Admission, Fault, Faults, Recorder, Reply, Request, Service};

/// How large a body is of which only a few are read at once, in bytes.
const LARGE: usize = 1024 * 1024;

/// How long a body may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);

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
    counts: &Counts,
    request: http::Request<Incoming>,
) -> Result<Response<ReplyBody>, Closed> {
    let start = Instant::now();
    let (parts, body) = request.into_parts();
    let head = http::Request::from_parts(parts, ());
    let admission = match service.admission(&head) {
        Ok(admission) => admission,
        Err(refusal) => return Ok(with_headers(refusal.into_http(), start)),
    };
    let is_control = head.uri().path().starts_with("/_kit/");
    match read(body, admission, counts).await {
        Ok(body) => {
            let request = Request { head, body };
            if let Some(reply) = service.control(&request) {
                return Ok(with_headers(reply.await.into_http(), start));
            }
            let mut recording = recorder.begin(&request.head, &request.body);
            counts.requests.fetch_add(1, Ordering::Relaxed);
            let answered = match faults.choose(&request) {
                None => Ok(service.answer(&request).into_http()),
                Some(fault) => {
                    recording.hit_by(fault.to_string());
                    with_fault(service, fault, &request).await
                }
            };
            let answered = answered.map(|reply| with_headers(reply, start));
            recording.end(match &answered {
                Ok(reply) => Ending::Replied(replied(reply)),
                Err(Closed) => Ending::Closed,
            });
            answered
        }
        Err(status) => {
            let reply = with_headers(Reply::error(status, why(status)).into_http(), start);
            if !is_control {
                counts.requests.fetch_add(1, Ordering::Relaxed);
                // Its body is not there.
                let recording = recorder.begin(&head, &Bytes::new());
                recording.end(Ending::Replied(replied(&reply)));
            }
            Ok(reply)
        }
    }
}

/// A reply as it is kept.
fn replied(reply: &Response<ReplyBody>) -> Replied {
    let (body, is_cut_off) = reply.body().sent();
    Replied::new(reply.status(), reply.headers(), &body, is_cut_off)
}

/// # Errors
///
/// The status to refuse it with.
async fn read(body: Incoming, admission: Admission, counts: &Counts) -> Result<Bytes, StatusCode> {
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if declared > admission.max_body {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let mut large = None;
    let mut limited = Limited::new(body, admission.max_body);
    let collected = async {
        let mut whole = BytesMut::new();
        while let Some(frame) = limited.frame().await {
            let frame = frame.map_err(|error| {
                let is_too_large = error.is::<LengthLimitError>();
                if is_too_large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST }
            })?;
            whole.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
            if whole.len() > LARGE && large.is_none() {
                // The others wait their turn, so that memory is not filled.
                large = counts.large.acquire().await.ok();
            }
        }
        Ok(whole.freeze())
    };
    tokio::time::timeout(BODY_TIMEOUT, collected).await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
}

fn why(status: StatusCode) -> &'static str {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => "The body is too large",
        StatusCode::REQUEST_TIMEOUT => "The body took too long",
        _ => "The body was cut off, or is not as HTTP has it",
    }
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
