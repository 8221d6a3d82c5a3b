//! One request for one response, over ureq.

use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::sync::Arc;
use std::time::Duration;

use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Request, Response};
use kit_core::TransportError;
use ureq::{Agent, AsSendBody, SendBody, Timeout};

use crate::connection;

/// No timeout is longer than a year: sums of it and of a time of day stay in range.
pub(crate) const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

pub(crate) type Middleware =
    dyn Fn(Request<Vec<u8>>, Next<'_>) -> Result<Response<Vec<u8>>, TransportError> + Send + Sync;

#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) agent: Agent,
    /// Whether the agent is one of this crate's: it has these timeouts, follows no redirect, and its
    /// connections note when a request is begun.
    pub(crate) is_own: bool,
    pub(crate) middleware: Option<Arc<Middleware>>,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_response_size: usize,
}

/// The rest of the exchange, behind a middleware: sends the request.
#[derive(Clone, Copy, Debug)]
pub struct Next<'a> {
    exchange: &'a Exchange,
    timeout: Duration,
}

impl Next<'_> {
    /// Sends the request, and returns its response.
    ///
    /// # Errors
    ///
    /// Why there is no complete response.
    pub fn send(self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        self.exchange.send(request, self.timeout)
    }

    /// How long the exchange may take in all, from looking up the host to the end of the response's body.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }
}

impl Exchange {
    pub(crate) fn run(
        &self,
        request: Request<Vec<u8>>,
        timeout: Duration,
    ) -> Result<Response<Vec<u8>>, TransportError> {
        match &self.middleware {
            Some(middleware) => middleware(request, Next { exchange: self, timeout }),
            None => self.send(request, timeout),
        }
    }

    fn send(
        &self,
        request: Request<Vec<u8>>,
        timeout: Duration,
    ) -> Result<Response<Vec<u8>>, TransportError> {
        let (mut head, bytes) = request.into_parts();
        if self.is_own {
            connection::begin();
            let outcome = if bytes.is_empty() {
                self.run_request(Request::from_parts(head, SendBody::none()), timeout)
            } else {
                self.run_request(Request::from_parts(head, bytes.as_slice()), timeout)
            };
            return outcome.map_err(|error| failure(error, connection::is_request_begun()));
        }
        if bytes.is_empty() {
            let outcome = self.run_request(Request::from_parts(head, SendBody::none()), timeout);
            return outcome.map_err(|error| {
                let is_begun = !is_of_connecting(&error);
                failure(error, is_begun)
            });
        }
        // That the body is asked for says that the head is sent, on a connection of whatever kind.
        head.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        let mut body = Outgoing { bytes: &bytes, is_asked_for: false };
        let request = Request::from_parts(head, SendBody::from_reader(&mut body));
        let outcome = self.run_request(request, timeout);
        outcome.map_err(|error| failure(error, body.is_asked_for))
    }

    fn run_request(
        &self,
        request: Request<impl AsSendBody>,
        timeout: Duration,
    ) -> Result<Response<Vec<u8>>, ureq::Error> {
        let timeout = timeout.min(LONGEST);
        let is_configured = self.is_own && self.agent.config().timeouts().global == Some(timeout);
        let response = if is_configured {
            self.agent.run(request)
        } else {
            let request = self.agent.configure_request(request);
            let request = request
                .http_status_as_error(false)
                .max_redirects(0)
                .timeout_connect(Some(self.connect_timeout))
                .timeout_global(Some(timeout))
                .build();
            self.agent.run(request)
        }?;
        let (head, mut body) = response.into_parts();
        let mut bytes = Vec::new();
        let limit = self.max_response_size as u64;
        match body.with_config().limit(limit).reader().read_to_end(&mut bytes) {
            // A refusal says more than that its body was cut off.
            Err(error) if head.status.is_success() => Err(error.into()),
            _ => Ok(Response::from_parts(head, bytes)),
        }
    }
}

/// Does not show the agent, whose proxy may have a password.
impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("connect_timeout", &self.connect_timeout)
            .field("max_response_size", &self.max_response_size)
            .finish_non_exhaustive()
    }
}

/// The body of a request through an agent of the caller's. It notes whether the agent has read from it: until
/// then, Kit cannot have the request.
struct Outgoing<'a> {
    bytes: &'a [u8],
    is_asked_for: bool,
}

impl Read for Outgoing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.is_asked_for = true;
        self.bytes.read(buffer)
    }
}

/// Why a request got no response. `is_begun` says whether any of the request may have reached Kit.
fn failure(error: ureq::Error, is_begun: bool) -> TransportError {
    match error {
        ureq::Error::Timeout(timeout) if !is_begun => TransportError::NotSent(late(timeout)),
        error if !is_begun => TransportError::NotSent(error.into()),
        ureq::Error::BodyExceedsLimit(limit) => {
            TransportError::TooLarge { limit: usize::try_from(limit).unwrap_or(usize::MAX) }
        }
        ureq::Error::Timeout(timeout) => TransportError::TimedOut(late(timeout)),
        error => TransportError::CutOff(error.into()),
    }
}

/// A timeout in words.
fn late(timeout: Timeout) -> Box<dyn std::error::Error + Send + Sync> {
    let what = match timeout {
        Timeout::Resolve => "the host was not found in time",
        Timeout::Connect => "no connection in time",
        _ => "no response in time",
    };
    io::Error::new(io::ErrorKind::TimedOut, what).into()
}

/// Whether the error occurs only while connecting, before the request is sent.
fn is_of_connecting(error: &ureq::Error) -> bool {
    use ureq::Error as E;
    match error {
        E::Io(error) => matches!(
            error.kind(),
            ErrorKind::ConnectionRefused
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::AddrNotAvailable
        ),
        E::HostNotFound
        | E::ConnectionFailed
        | E::ConnectProxyFailed(_)
        | E::Timeout(Timeout::Resolve | Timeout::Connect)
        | E::TlsRequired => true,
        _ => false,
    }
}

#[cfg(all(test, not(any(feature = "rustls", feature = "native-tls"))))]
mod tests {
    use crate::webhooks::{CreateWebhook, Event};
    use crate::{Client, Credentials};

    #[test]
    fn without_tls_the_error_says_so() {
        let create = CreateWebhook::new("https://example.com/", Event::PurchaseCreate).unwrap();
        let credentials = Credentials::api_key("kit_0123");
        let error = Client::new(credentials.clone()).send(&create).unwrap_err();
        assert!(error.to_string().starts_with("base_url: begins with https, "), "{error}");
        let error = Client::builder().build(credentials).unwrap_err();
        assert!(error.to_string().starts_with("base_url: begins with https, "), "{error}");
    }
}
