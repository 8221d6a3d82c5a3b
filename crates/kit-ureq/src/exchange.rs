//! One request for one response, over ureq.

use std::io::{self, ErrorKind, Read};
use std::time::Duration;

use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Request, Response};
use kit_core::TransportError;
use ureq::{Agent, AsSendBody, Body, SendBody, Timeout};

#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    agent: Agent,
    /// Timeouts that each request sets, because the agent is not ours: connect, total.
    overriding: Option<(Duration, Duration)>,
    max_response_size: usize,
}

impl Exchange {
    /// With an agent that is configured for it.
    pub(crate) fn new(agent: Agent, max_response_size: usize) -> Self {
        Self { agent, overriding: None, max_response_size }
    }

    /// With any agent.
    pub(crate) fn overriding(
        agent: Agent,
        connect_timeout: Duration,
        timeout: Duration,
        max_response_size: usize,
    ) -> Self {
        Self { agent, overriding: Some((connect_timeout, timeout)), max_response_size }
    }

    pub(crate) fn run(
        &self,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, TransportError> {
        let (mut head, bytes) = request.into_parts();
        if bytes.is_empty() {
            let response = self.run_request(Request::from_parts(head, SendBody::none()));
            return response.map_err(|error| failure(error, None));
        }
        head.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        let mut outgoing = Outgoing { bytes: &bytes, asked_for: false };
        let body = SendBody::from_reader(&mut outgoing);
        let response = self.run_request(Request::from_parts(head, body));
        response.map_err(|error| failure(error, Some(outgoing.asked_for)))
    }

    fn run_request(
        &self,
        request: Request<impl AsSendBody>,
    ) -> Result<Response<Vec<u8>>, ureq::Error> {
        let response = match self.overriding {
            None => self.agent.run(request),
            Some((connect_timeout, timeout)) => {
                let request = self.agent.configure_request(request);
                let request = request
                    .http_status_as_error(false)
                    .max_redirects(0)
                    .timeout_connect(Some(connect_timeout))
                    .timeout_global(Some(timeout))
                    .build();
                self.agent.run(request)
            }
        }?;
        let (head, body) = response.into_parts();
        self.read(body).map(|body| Response::from_parts(head, body))
    }

    fn read(&self, mut body: Body) -> Result<Vec<u8>, ureq::Error> {
        body.with_config().limit(self.max_response_size as u64).read_to_vec()
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

/// `body_asked_for` is `None` for a request that has no body.
fn failure(error: ureq::Error, body_asked_for: Option<bool>) -> TransportError {
    use ureq::Error as E;
    let not_sent = match (&error, body_asked_for) {
        (_, Some(asked_for)) => !asked_for,
        (E::Io(error), None) => matches!(
            error.kind(),
            ErrorKind::ConnectionRefused
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::AddrNotAvailable
        ),
        (
            E::HostNotFound
            | E::ConnectionFailed
            | E::ConnectProxyFailed(_)
            | E::Timeout(Timeout::Resolve | Timeout::Connect)
            | E::Tls(_)
            | E::TlsRequired,
            None,
        ) => true,
        (_, None) => false,
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
