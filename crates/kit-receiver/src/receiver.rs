use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body::Body;
use http_body_util::Full;
use kit_core::deliveries::{Answer, Delivery, DeliveryError, UnreadableEvent, Verifier};
use kit_core::webhook_endpoints::SigningSecret;
use tower_service::Service;

use crate::Builder;
use crate::busy::Busy;
use crate::hooks::Hooks;
use crate::item::Prepared;
use crate::queue::Queue;
use crate::read::read;

/// When Kit is asked to come again where there is no room.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// Receives deliveries: a `tower` service that answers each request of Kit's, and hands the events on to
/// [`Events`](crate::Events). Clones share one queue.
///
/// The service answers 204 when all events of a delivery are safe, 503 if there is no room for them, and 400, 401, 405, 408
/// or 413 to what is no delivery.
///
/// # Examples
///
/// With axum: `Router::new().route_service("/kit", receiver)`. With hyper:
///
/// ```
/// use hyper_util::service::TowerToHyperService;
/// use kit_receiver::Receiver;
///
/// let (receiver, events) = Receiver::builder(["whsec_…"]).build()?;
/// let service = TowerToHyperService::new(receiver);
/// # let _ = |io| hyper::server::conn::http1::Builder::new().serve_connection::<hyper_util::rt::TokioIo<tokio::net::TcpStream>, _>(io, service);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Receiver {
    verifier: Arc<Verifier>,
    body_timeout: Duration,
    hooks: Hooks,
    queue: Arc<Queue>,
    answers: Arc<Mutex<BTreeMap<&'static str, u64>>>,
}

impl Receiver {
    /// Makes a builder for deliveries that are signed by one of these secrets. While a secret is rotated, give both.
    pub fn builder<S: Into<SigningSecret>>(secrets: impl IntoIterator<Item = S>) -> Builder {
        Builder::new(secrets.into_iter().map(Into::into).collect())
    }

    pub(crate) fn new(
        verifier: Verifier,
        body_timeout: Duration,
        hooks: Hooks,
        queue: Arc<Queue>,
    ) -> Self {
        let (verifier, answers) = (Arc::new(verifier), Arc::default());
        Self { verifier, body_timeout, hooks, queue, answers }
    }

    /// Takes a delivery that is known to be Kit's, such as one from the log of deliveries
    /// ([`Delivery::of_record`]): its events that are new go into the queue. When this returns
    /// [`Answer::Received`], they are safe.
    pub async fn take(&self, delivery: Delivery) -> Answer {
        let Delivery { events, mut unreadable, .. } = delivery;
        let mut prepared = Vec::with_capacity(events.len());
        for event in events {
            match self.queue.line_of(&event) {
                Ok(line) => prepared.push(Prepared { event, line }),
                Err(error) => unreadable.push(UnreadableEvent::of(&event, error)),
            }
        }
        if let Err(busy) = self.queue.take(prepared).await {
            if let Busy::Unsaved(error) = &busy {
                self.hooks.tell(error);
            }
            return Answer::Busy { retry_after: RETRY_AFTER };
        }
        match (&self.hooks.unreadable, unreadable.first()) {
            (_, None) => Answer::Received,
            (Some(take), _) => {
                for event in unreadable {
                    take(event);
                }
                Answer::Received
            }
            (None, Some(event)) => DeliveryError::Unreadable(event.reason.clone()).into(),
        }
    }

    /// Takes no more deliveries: they are answered with 503. [`Events::next`](crate::Events::next) returns `None`
    /// when what was taken before is handed on.
    pub fn close(&self) {
        self.queue.close();
    }

    /// Whether the receiver was closed: no delivery that comes now will ever be taken.
    pub fn is_closed(&self) -> bool {
        self.queue.is_closed()
    }

    /// How often each answer was given to a request, by its [reason](Answer::reason): `received`, `busy`,
    /// `wrong_signature` and so on.
    pub fn answers(&self) -> BTreeMap<&'static str, u64> {
        self.count().clone()
    }

    fn count(&self) -> MutexGuard<'_, BTreeMap<&'static str, u64>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer<B>(self, request: Request<B>) -> Response<Full<Bytes>>
    where
        B: Body,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let answer = match self.delivery(request).await {
            Ok(delivery) => self.take(delivery).await,
            Err(error) => error.into(),
        };
        *self.count().entry(answer.reason()).or_default() += 1;
        if let (Some(tell), false) = (&self.hooks.refused, answer == Answer::Received) {
            tell(&answer);
        }
        answer.into_response().map(|text| Full::new(text.into()))
    }

    async fn delivery<B>(&self, request: Request<B>) -> Result<Delivery, DeliveryError>
    where
        B: Body,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (head, body) = request.into_parts();
        if head.method != Method::POST {
            return Err(DeliveryError::WrongMethod);
        }
        let max_size = self.verifier.max_body_size();
        let body = read(body, &head.headers, max_size, self.body_timeout).await?;
        self.verifier.receive(&Request::from_parts(head, body), SystemTime::now())
    }
}

impl<B> Service<Request<B>> for Receiver
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move { Ok(this.answer(request).await) })
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}
