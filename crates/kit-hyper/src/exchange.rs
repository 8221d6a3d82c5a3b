//! One request for one response, over hyper.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response, Uri};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::Connection;
use hyper_util::client::legacy::{self, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use kit_core::TransportError;
use tower_service::Service;

use crate::connect_timeout::ConnectTimeout;
use crate::outgoing::{LookedAt, Outgoing};
use crate::pause::Pause;

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// How large the head of an HTTP/1.1 response may be, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// How long an idle connection is kept. Servers close theirs after about a minute, and a request
/// that crosses the close is one that may have been applied.
const IDLE: Duration = Duration::from_secs(15);

/// How often an HTTP/2 connection that is in use is asked whether it still stands, and how long it has
/// for its answer: without, calls would go on into one that silently broke.
const PING: Duration = Duration::from_secs(10);

#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pool: Pool,
    /// Whether https can be reached, as far as is known.
    has_tls: bool,
    pause: Pause,
    timeout: Duration,
    max_response_size: usize,
}

/// hyper's pooled client, whatever its connector is.
#[derive(Clone)]
pub(crate) struct Pool(Result<Arc<SendRequest>, Arc<str>>);

type SendRequest = dyn Fn(Request<Outgoing>) -> ResponseFuture + Send + Sync;

impl Pool {
    pub(crate) fn new<C>(connector: C, connect_timeout: Duration) -> Self
    where
        C: Service<Uri> + Clone + Send + Sync + 'static,
        C::Response: Connection + Read + Write + Send + Unpin + 'static,
        C::Future: Send + 'static,
        C::Error: Into<BoxError> + 'static,
    {
        let client = legacy::Client::builder(TokioExecutor::new())
            .http1_max_buf_size(MAX_HEAD)
            .http2_keep_alive_interval(PING)
            .http2_keep_alive_timeout(PING)
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .build(ConnectTimeout::new(connector, connect_timeout));
        Self(Ok(Arc::new(move |request| client.request(request))))
    }

    fn send_request(&self) -> Result<&SendRequest, TransportError> {
        match &self.0 {
            Ok(send) => Ok(&**send),
            Err(reason) => {
                Err(TransportError::NotSent(format!("cannot set up TLS: {reason}").into()))
            }
        }
    }

    /// Stands in where there can be no connector: every request says why.
    pub(crate) fn broken(reason: &BoxError) -> Self {
        Self(Err(reason.to_string().into()))
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

impl Exchange {
    pub(crate) fn new(
        pool: Pool,
        has_tls: bool,
        timeout: Duration,
        max_response_size: usize,
    ) -> Self {
        Self { pool, has_tls, pause: Pause::new(), timeout, max_response_size }
    }

    pub(crate) fn has_tls(&self) -> bool {
        self.has_tls
    }

    /// What does not get better with time.
    pub(crate) fn check(&self) -> Result<(), TransportError> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(TransportError::NotSent("there is no tokio runtime here".into()));
        }
        self.pool.send_request().map(drop)
    }

    pub(crate) async fn run(
        &self,
        request: Request<Vec<u8>>,
        time_left: Duration,
    ) -> Result<Response<Vec<u8>>, TransportError> {
        let send = self.pool.send_request()?;
        let looked_at = LookedAt::default();
        let request = request.map(|body| Outgoing::new(body, looked_at.clone()));
        let mut received = None;
        let receive = async {
            self.pause.end().await;
            self.receive(send(request), &mut received).await
        };
        let outcome = tokio::time::timeout(self.timeout.min(time_left), receive).await;
        self.pause.begin();

        match (received, outcome) {
            (Some(response), Ok(Ok(()))) => Ok(response),
            // What came of a refusal says more than that it was not all.
            (Some(response), _) if !response.status().is_success() => Ok(response),
            (_, Ok(Err(error))) => Err(self.failure(error, &looked_at)),
            (_, Ok(Ok(())) | Err(_)) => {
                let late = io::Error::new(io::ErrorKind::TimedOut, "no response in time").into();
                Err(if looked_at.get() {
                    TransportError::TimedOut(late)
                } else {
                    TransportError::NotSent(late)
                })
            }
        }
    }

    async fn receive(
        &self,
        response: ResponseFuture,
        received: &mut Option<Response<Vec<u8>>>,
    ) -> Result<(), BoxError> {
        let (head, body) = response.await?.into_parts();
        let bytes = received.insert(Response::from_parts(head, Vec::new())).body_mut();
        let mut body = Limited::new(body, self.max_response_size);
        while let Some(frame) = body.frame().await {
            if let Ok(data) = frame?.into_data() {
                bytes.extend_from_slice(&data);
            }
        }
        Ok(())
    }

    fn failure(&self, error: BoxError, looked_at: &LookedAt) -> TransportError {
        if error.is::<LengthLimitError>() {
            return TransportError::TooLarge { limit: self.max_response_size };
        }
        // The connection was closed before the request went out on it.
        let canceled = sources(&*error)
            .find_map(|source| source.downcast_ref::<hyper::Error>())
            .is_some_and(hyper::Error::is_canceled);
        if canceled || !looked_at.get() {
            TransportError::NotSent(error)
        } else {
            TransportError::CutOff(error)
        }
    }
}

fn sources<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}
