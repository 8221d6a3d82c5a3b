//! An exchange as it is kept: a request, and its reply.

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};

use super::redacted;

/// The bytes of a body that are kept.
const KEPT_OF_BODY: usize = 64 * 1024;

/// A request, and what has become of it.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    /// Counts the requests, from 1. It does not begin again.
    pub(crate) number: u64,
    /// When the request came, by the system's clock.
    pub(crate) received: SystemTime,
    pub(crate) request: Request<Bytes>,
    pub(crate) ending: Ending,
    /// The fault that has hit it.
    pub(crate) fault: Option<String>,
    /// How long the reply took.
    pub(crate) duration: Option<Duration>,
    /// The length of the request's body, of which the beginning is kept.
    pub(crate) body_length: usize,
    /// Grows with each change of any exchange.
    pub(super) changed: u64,
}

impl Exchange {
    /// The bytes that it holds, about.
    pub(super) fn size(&self) -> usize {
        let of_headers = |headers: &HeaderMap| -> usize {
            headers.iter().map(|(name, value)| OF_HEADER + name.as_str().len() + value.len()).sum()
        };
        let replied = match &self.ending {
            Ending::Replied(reply) => reply.body.len() + of_headers(&reply.headers),
            _ => 0,
        };
        let request = &self.request;
        let uri = request.uri();
        let uri = uri.path().len() + uri.query().map_or(0, str::len);
        size_of::<Self>() + uri + of_headers(request.headers()) + request.body().len() + replied
    }
}

/// How an exchange has ended.
#[derive(Clone, Debug)]
pub(crate) enum Ending {
    /// Not yet.
    Open,
    Replied(Replied),
    /// A fault has closed the connection.
    Closed,
    /// The client has gone before it was answered.
    Gone,
}

/// A reply as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Replied {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The beginning of the body.
    pub(crate) body: Bytes,
    /// The length of the body.
    pub(crate) body_length: usize,
    /// Whether more of the body was promised than was sent.
    pub(crate) is_cut_off: bool,
}

/// An exchange that has ended, for a listener.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ended<'a> {
    pub(crate) request: &'a Request<Bytes>,
    pub(crate) ending: &'a Ending,
    pub(crate) fault: Option<&'a str>,
    pub(crate) duration: Duration,
}

/// Writes a text without what a terminal would take for a command.
fn printable(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    text.chars().try_for_each(|char| {
        if char.is_control() { write!(f, "{}", char.escape_default()) } else { write!(f, "{char}") }
    })
}

/// One line: `POST /v4/tags 201 in 3.2 ms`. It has no credential.
impl fmt::Display for Ended<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let uri = self.request.uri();
        write!(f, "{} ", self.request.method())?;
        printable(f, uri.path())?;
        if let Some(query) = redacted::query(uri) {
            f.write_str("?")?;
            printable(f, &query)?;
        }
        match self.ending {
            Ending::Replied(reply) => write!(f, " {}", reply.status.as_u16())?,
            Ending::Closed => f.write_str(" closed without a reply")?,
            Ending::Open | Ending::Gone => f.write_str(" not waited for")?,
        }
        write!(f, " in {:.1} ms", self.duration.as_secs_f64() * 1000.0)?;
        match self.fault {
            Some(fault) => write!(f, " by a fault: {fault}"),
            None => Ok(()),
        }
    }
}

/// The bytes that a header takes beside its text.
const OF_HEADER: usize = 100;

/// A request in memory of its own: what it was read into is much larger, and would be kept with it.
pub(super) fn owned(head: &Request<()>, body: Bytes) -> Request<Bytes> {
    let mut request = Request::new(body);
    *request.method_mut() = head.method().clone();
    *request.version_mut() = head.version();
    // What was parsed once can be parsed again.
    *request.uri_mut() = head.uri().to_string().parse().unwrap_or_else(|_| head.uri().clone());
    *request.headers_mut() = owned_headers(head.headers());
    request
}

fn owned_headers(headers: &HeaderMap) -> HeaderMap {
    let mut owned = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let copy = HeaderValue::from_bytes(value.as_bytes()).unwrap_or_else(|_| value.clone());
        let name =
            HeaderName::from_bytes(name.as_str().as_bytes()).unwrap_or_else(|_| name.clone());
        owned.append(name, copy);
    }
    owned
}

impl Replied {
    /// A reply whose body begins so.
    pub(super) fn new(
        status: StatusCode,
        headers: &HeaderMap,
        body: &Bytes,
        is_cut_off: bool,
    ) -> Self {
        let (headers, body_length) = (headers.clone(), body.len());
        Self { status, headers, body: beginning(body), body_length, is_cut_off }
    }
}

/// Only the beginning of a longer body stays in memory.
pub(super) fn beginning(body: &Bytes) -> Bytes {
    match body.get(..KEPT_OF_BODY) {
        Some(beginning) => Bytes::copy_from_slice(beginning),
        None => body.clone(),
    }
}
