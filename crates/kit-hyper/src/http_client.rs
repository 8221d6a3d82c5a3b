use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::Connection;
use hyper_util::client::legacy::{self, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use kit_core::settings::Settings;
use tower_service::Service;

use crate::RequestBody;
use crate::box_error::BoxError;
use crate::connect_timeout::ConnectTimeout;

/// How large the head of a response may be, in bytes.
const MAX_HEAD: u32 = 64 * 1024;

/// hyper adds these times to the time now, which must not overflow.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// hyper's client with its pool of connections: a `tower` service, which you can wrap in layers of your own.
/// See [`Builder::middleware`](crate::Builder::middleware).
#[derive(Clone)]
pub struct HttpClient {
    send: Arc<dyn Fn(Request<RequestBody>) -> ResponseFuture + Send + Sync>,
}

impl HttpClient {
    pub(crate) fn new<C>(
        connector: C,
        settings: &Settings,
        http2_keep_alive: Option<Duration>,
    ) -> Self
    where
        C: Service<Uri> + Clone + Send + Sync + 'static,
        C::Response: Connection + Read + Write + Send + Unpin + 'static,
        C::Future: Send + 'static,
        C::Error: Into<BoxError> + 'static,
    {
        let idle_timeout = settings.idle_timeout.min(LONGEST);
        let http2_keep_alive = http2_keep_alive.map(|interval| interval.min(LONGEST));
        let mut builder = legacy::Client::builder(TokioExecutor::new());
        builder
            .http1_max_buf_size(MAX_HEAD as usize)
            .http2_max_header_list_size(MAX_HEAD)
            .http2_keep_alive_interval(http2_keep_alive)
            .pool_idle_timeout(idle_timeout)
            .pool_max_idle_per_host(settings.max_idle_connections)
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new());
        if let Some(timeout) = http2_keep_alive {
            builder.http2_keep_alive_timeout(timeout);
        }
        let client = builder.build(ConnectTimeout::new(connector, settings.connect_timeout));
        Self { send: Arc::new(move |request| client.request(request)) }
    }

    pub(crate) fn send(&self, request: Request<RequestBody>) -> ResponseFuture {
        request.body().is_given_to_hyper();
        (self.send)(request)
    }
}

impl Service<Request<RequestBody>> for HttpClient {
    type Response = Response<Incoming>;
    type Error = legacy::Error;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        self.send(request)
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").finish_non_exhaustive()
    }
}
