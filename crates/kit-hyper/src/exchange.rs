//! One request for one response, over hyper.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::Connection;
use hyper_util::client::legacy::{self, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use kit_core::TransportError;
use tower_service::Service;

use crate::connect_timeout::ConnectTimeout;
use crate::pause::Pause;

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// How large the head of an HTTP/1.1 response may be, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// How long an idle connection is kept. Servers close theirs after about a minute, and a request
/// that crosses the close is one that may have been applied.
const IDLE: Duration = Duration::from_secs(15);

#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pool: Pool,
    pause: Pause,
    timeout: Duration,
    max_response_size: usize,
}

/// hyper's pooled client, whatever its connector is.
#[derive(Clone)]
pub(crate) struct Pool(Result<Arc<SendRequest>, Arc<str>>);

type SendRequest = dyn Fn(Request<Full<Bytes>>) -> ResponseFuture + Send + Sync;

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
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .build(ConnectTimeout::new(connector, connect_timeout));
        Self(Ok(Arc::new(move |request| client.request(request))))
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
    pub(crate) fn new(pool: Pool, timeout: Duration, max_response_size: usize) -> Self {
        Self { pool, pause: Pause::new(), timeout, max_response_size }
    }

    pub(crate) async fn run(
        &self,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Bytes>, TransportError> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(TransportError::NotSent("there is no tokio runtime here".into()));
        }
        let send = self.pool.0.as_ref().map_err(|reason| {
            TransportError::NotSent(format!("cannot set up TLS: {reason}").into())
        })?;
        let exchange = async {
            self.pause.end().await;
            let response = send(request.map(|body| Full::new(body.into()))).await?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, self.max_response_size).collect().await?;
            Ok(Response::from_parts(head, body.to_bytes()))
        };
        let response = tokio::time::timeout(self.timeout, exchange).await;
        self.pause.begin();
        let Ok(response) = response else {
            let error = io::Error::new(io::ErrorKind::TimedOut, "no response in time");
            return Err(TransportError::TimedOut(error.into()));
        };
        response.map_err(|error| self.failure(error))
    }

    fn failure(&self, error: BoxError) -> TransportError {
        if error.is::<LengthLimitError>() {
            return TransportError::TooLarge { limit: self.max_response_size };
        }
        let connecting = error.downcast_ref().is_some_and(legacy::Error::is_connect);
        let hyper = sources(&*error).find_map(|source| source.downcast_ref::<hyper::Error>());
        match hyper {
            _ if connecting => TransportError::NotSent(error),
            // The connection was closed before the request went out on it.
            Some(hyper) if hyper.is_canceled() => TransportError::NotSent(error),
            _ => TransportError::CutOff(error),
        }
    }
}

fn sources<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}
