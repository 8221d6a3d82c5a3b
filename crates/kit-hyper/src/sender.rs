use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use http::response::Parts;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Body, Incoming};
use hyper_util::client::legacy::ResponseFuture;
use tower_service::Service;

use crate::box_error::BoxError;
use crate::{HttpClient, RequestBody};

/// The sender of requests: hyper's client, or a service of the caller's.
#[derive(Clone)]
pub(crate) enum Sender {
    Own(HttpClient),
    Service(Arc<dyn Erased>),
}

/// The body of a response, whoever brings it.
pub(crate) enum ResponseBody {
    Own(Incoming),
    Service(UnsyncBoxBody<Bytes, BoxError>),
}

/// The response to a request that is on its way.
pub(crate) enum Sending {
    Own(ResponseFuture),
    Service(Boxed),
}

type Boxed = Pin<Box<dyn Future<Output = Result<Brought, BoxError>> + Send>>;
type Brought = Response<UnsyncBoxBody<Bytes, BoxError>>;

/// A service, whatever its type.
pub(crate) trait Erased: Send + Sync {
    fn send(&self, request: Request<RequestBody>) -> Boxed;
}

/// A service that is cloned for each request: clones of a client send at the same time.
struct Cloned<S>(S);

impl<S, B> Erased for Cloned<S>
where
    S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: Body + Send + 'static,
    B::Error: Into<BoxError>,
{
    fn send(&self, request: Request<RequestBody>) -> Boxed {
        let mut service = self.0.clone();
        Box::pin(async move {
            std::future::poll_fn(|cx| service.poll_ready(cx)).await.map_err(Into::into)?;
            request.body().is_given_to_service();
            let response = service.call(request).await.map_err(Into::into)?;
            Ok(response.map(|body| {
                let body = body.map_frame(|frame| {
                    frame.map_data(|mut data| data.copy_to_bytes(data.remaining()))
                });
                body.map_err(Into::into).boxed_unsync()
            }))
        })
    }
}

impl Sender {
    pub(crate) fn service<S, B>(service: S) -> Self
    where
        S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Future: Send,
        S::Error: Into<BoxError>,
        B: Body + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self::Service(Arc::new(Cloned(service)))
    }

    pub(crate) fn send(&self, request: Request<RequestBody>) -> Sending {
        match self {
            Self::Own(client) => Sending::Own(client.send(request)),
            Self::Service(service) => Sending::Service(service.send(request)),
        }
    }
}

impl Future for Sending {
    type Output = Result<(Parts, ResponseBody), BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match &mut *self {
            Self::Own(response) => match ready!(Pin::new(response).poll(cx)) {
                Ok(response) => {
                    let (head, body) = response.into_parts();
                    Ok((head, ResponseBody::Own(body)))
                }
                Err(error) => Err(error.into()),
            },
            Self::Service(response) => ready!(response.as_mut().poll(cx)).map(|response| {
                let (head, body) = response.into_parts();
                (head, ResponseBody::Service(body))
            }),
        })
    }
}

impl ResponseBody {
    /// The next part of the body; `None` at its end.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, BoxError>> {
        loop {
            let frame = match self {
                Self::Own(body) => body.frame().await?.map_err(BoxError::from),
                Self::Service(body) => body.frame().await?,
            };
            // Trailers are of no use.
            match frame.map(hyper::body::Frame::into_data) {
                Ok(Ok(data)) => return Some(Ok(data)),
                Ok(Err(_)) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}
