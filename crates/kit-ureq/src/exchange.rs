//! One request for one response, over ureq.

use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::time::Duration;

use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Request, Response};
use kit_core::TransportError;
use ureq::{Agent, AsSendBody, SendBody, Timeout};

const HAS_TLS: bool = cfg!(any(feature = "rustls", feature = "native-tls"));

#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) agent: Agent,
    /// Whether the agent is configured with these timeouts, and to follow no redirect.
    pub(crate) is_own: bool,
    pub(crate) connect_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) max_response_size: usize,
}

impl Exchange {
    /// Whether https can be reached, as far as is known.
    pub(crate) fn has_tls(&self) -> bool {
        HAS_TLS || !self.is_own
    }

    pub(crate) fn run(
        &self,
        request: Request<Vec<u8>>,
        time_left: Duration,
    ) -> Result<Response<Vec<u8>>, TransportError> {
        let (mut head, bytes) = request.into_parts();
        if bytes.is_empty() {
            let response = self.run_request(Request::from_parts(head, SendBody::none()), time_left);
            return response.map_err(|error| failure(error, None));
        }
        // From here on it is known whether the request can have reached Kit.
        head.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        let mut outgoing = Outgoing { bytes: &bytes, asked_for: false };
        let body = SendBody::from_reader(&mut outgoing);
        let response = self.run_request(Request::from_parts(head, body), time_left);
        response.map_err(|error| failure(error, Some(outgoing.asked_for)))
    }

    fn run_request(
        &self,
        request: Request<impl AsSendBody>,
        time_left: Duration,
    ) -> Result<Response<Vec<u8>>, ureq::Error> {
        let response = if self.is_own && self.timeout <= time_left {
            self.agent.run(request)
        } else {
            let request = self.agent.configure_request(request);
            let request = request
                .http_status_as_error(false)
                .max_redirects(0)
                .timeout_resolve(Some(self.connect_timeout))
                .timeout_connect(Some(self.connect_timeout))
                .timeout_global(Some(self.timeout.min(time_left)))
                .build();
            self.agent.run(request)
        }?;
        let (head, mut body) = response.into_parts();
        let mut bytes = Vec::new();
        let limit = self.max_response_size as u64;
        match body.with_config().limit(limit).reader().read_to_end(&mut bytes) {
            // What came of a refusal says more than that it was not all.
            Err(error) if head.status.is_success() => Err(error.into()),
            _ => Ok(Response::from_parts(head, bytes)),
        }
    }
}

/// Without the agent: its proxy may have a password.
impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("max_response_size", &self.max_response_size)
            .finish_non_exhaustive()
    }
}

/// The body of a request. It notes whether it was asked for: it is so only when the connection
/// stands and the head of the request is sent. As long as it was not, Kit cannot have the request.
struct Outgoing<'a> {
    bytes: &'a [u8],
    asked_for: bool,
}

impl Read for Outgoing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.asked_for = true;
        self.bytes.read(buffer)
    }
}

/// `body_asked_for` is `None` for a request that has no body: that it was not sent is then told only
/// by errors which arise before anything is sent.
fn failure(error: ureq::Error, body_asked_for: Option<bool>) -> TransportError {
    use ureq::Error as E;
    let not_sent = match body_asked_for {
        Some(asked_for) => !asked_for,
        None => is_of_connecting(&error),
    };
    match error {
        error if not_sent => TransportError::NotSent(error.into()),
        E::BodyExceedsLimit(limit) => {
            TransportError::TooLarge { limit: usize::try_from(limit).unwrap_or(usize::MAX) }
        }
        E::Timeout(_) => TransportError::TimedOut(error.into()),
        error => TransportError::CutOff(error.into()),
    }
}

fn is_of_connecting(error: &ureq::Error) -> bool {
    use ureq::Error as E;
    match error {
        E::Io(error) => {
            let refused = matches!(
                error.kind(),
                ErrorKind::ConnectionRefused
                    | ErrorKind::HostUnreachable
                    | ErrorKind::NetworkUnreachable
                    | ErrorKind::AddrNotAvailable
            );
            refused || is_of_lookup(error) || is_of_certificate(error)
        }
        E::HostNotFound
        | E::ConnectionFailed
        | E::ConnectProxyFailed(_)
        | E::Timeout(Timeout::Resolve | Timeout::Connect)
        | E::Tls(_)
        | E::TlsRequired => true,
        #[cfg(feature = "rustls")]
        E::Rustls(_) => true,
        #[cfg(feature = "native-tls")]
        E::NativeTls(_) => true,
        _ => false,
    }
}

/// The standard library gives this error no kind that can be named.
fn is_of_lookup(error: &io::Error) -> bool {
    error.to_string().starts_with("failed to lookup address information")
}

#[cfg(feature = "rustls")]
fn is_of_certificate(error: &io::Error) -> bool {
    let error = error.get_ref().and_then(|error| error.downcast_ref());
    matches!(error, Some(rustls::Error::InvalidCertificate(_)))
}

#[cfg(not(feature = "rustls"))]
fn is_of_certificate(_: &io::Error) -> bool {
    false
}

#[cfg(all(test, not(any(feature = "rustls", feature = "native-tls"))))]
mod tests {
    use crate::webhooks::{CreateWebhook, Event};
    use crate::{Client, Credentials};

    #[test]
    fn without_tls_the_error_says_so() {
        let create = CreateWebhook::new("https://example.com/", Event::PurchaseCreate).unwrap();
        let client = Client::new(Credentials::api_key("kit_0123"));
        let error = client.send(&create).unwrap_err();
        assert!(error.to_string().starts_with("base_url: begins with https, "), "{error}");
    }
}
