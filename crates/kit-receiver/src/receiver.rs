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
use kit_core::deliveries::{
    Answer, AsyncSecretStore, Delivery, DeliveryError, EndpointTokens, InboxEvent, UnreadableEvent,
    Verifier,
};
use kit_core::webhook_endpoints::SigningSecret;
use tower_service::Service;

use crate::Builder;
use crate::accounts::{Accounts, KEPT, Unavailable};
use crate::builder::Secrets;
use crate::busy::Busy;
use crate::hooks::Hooks;
use crate::item::Prepared;
use crate::keeper::Keeper;
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
    verifying: Arc<Verifying>,
    body_timeout: Duration,
    hooks: Hooks,
    keeper: Keeper,
    answers: Arc<Mutex<BTreeMap<&'static str, u64>>>,
}

/// How a request is shown to be Kit's.
pub(crate) enum Verifying {
    One(Box<Verifier>),
    Accounts(Accounts),
}

/// Why a request is not taken.
enum Refusal {
    Error(DeliveryError),
    /// The secrets cannot be looked up now.
    Unavailable,
}

impl Receiver {
    /// Makes a builder for deliveries that are signed by one of these secrets. While a secret is rotated, give both.
    pub fn builder<S: Into<SigningSecret>>(secrets: impl IntoIterator<Item = S>) -> Builder {
        Builder::new(Secrets::OfOne(secrets.into_iter().map(Into::into).collect()))
    }

    /// Makes a builder for deliveries to the endpoints of many accounts. The target URL of each endpoint ends in a token
    /// that names it, and `store` has the secrets of the name. They may change at any time, without a restart.
    ///
    /// A request without a token of these keys is answered with 401 before anything is looked up; so is one with a name
    /// that is not known. Where the look-up fails, Kit is asked to come again (503), and
    /// [`on_error`](Builder::on_error) is told. What was found is kept ([`keep_secrets`](Builder::keep_secrets)), and
    /// a failure for a second: forged deliveries to a right URL cost the store a look-up every 5 seconds.
    ///
    /// [`Received::source`](crate::Received::source) says which endpoint an event came to. The same event for two
    /// endpoints is two events.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_core::deliveries::EndpointTokens;
    /// use kit_core::webhook_endpoints::SigningSecret;
    /// use kit_receiver::Receiver;
    ///
    /// # let key = [7; 32];
    /// let tokens = EndpointTokens::new([key])?;
    /// // The target URL of an account's endpoint: `tokens.token("account-9").in_url("https://example.com/kit")`.
    /// let secrets = |name: String| async move {
    ///     // As a database would say it.
    ///     Ok(if name == "account-9" { vec![SigningSecret::new("whsec_…")] } else { vec![] })
    /// };
    /// let (receiver, events) = Receiver::for_accounts(tokens, secrets).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn for_accounts(tokens: EndpointTokens, store: impl AsyncSecretStore + 'static) -> Builder {
        Builder::new(Secrets::OfAccounts { tokens, store: Box::new(store), kept_for: KEPT })
    }

    pub(crate) fn new(
        verifying: Verifying,
        body_timeout: Duration,
        hooks: Hooks,
        keeper: Keeper,
    ) -> Self {
        let (verifying, answers) = (Arc::new(verifying), Arc::default());
        Self { verifying, body_timeout, hooks, keeper, answers }
    }

    /// Takes a delivery that is known to be Kit's, such as one from the log of deliveries
    /// ([`Delivery::of_record`]): its events that are new go into the queue. When this returns
    /// [`Answer::Received`], they are safe.
    pub async fn take(&self, delivery: Delivery) -> Answer {
        self.take_from(None, delivery).await
    }

    /// The same for a delivery to the endpoint with this name, for a receiver of many accounts.
    pub async fn take_for(&self, name: &str, delivery: Delivery) -> Answer {
        self.take_from(Some(name.into()), delivery).await
    }

    async fn take_from(&self, source: Option<Arc<str>>, delivery: Delivery) -> Answer {
        let Delivery { events, mut unreadable, .. } = delivery;
        let taken = match &self.keeper {
            Keeper::Queue(queue) => {
                let mut prepared = Vec::with_capacity(events.len());
                for event in events {
                    match queue.line_of(source.as_deref(), &event) {
                        Ok(line) => prepared.push(Prepared { source: source.clone(), event, line }),
                        Err(error) => unreadable.push(UnreadableEvent::of(&event, error)),
                    }
                }
                queue.take(prepared).await
            }
            Keeper::Shared(shared) if shared.is_closed() => Err(Busy::Full),
            Keeper::Shared(shared) => {
                let source = source.as_deref().unwrap_or_default();
                let events = events.into_iter().map(|event| InboxEvent::new(source, event));
                shared.put(events.collect()).await.map_err(Busy::Unsaved)
            }
        };
        if let Err(busy) = taken {
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
        self.keeper.close();
    }

    /// Whether the receiver was closed: no delivery that comes now will ever be taken.
    pub fn is_closed(&self) -> bool {
        self.keeper.is_closed()
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
            Ok((source, delivery)) => self.take_from(source, delivery).await,
            Err(Refusal::Error(error)) => error.into(),
            Err(Refusal::Unavailable) => Answer::Busy { retry_after: RETRY_AFTER },
        };
        *self.count().entry(answer.reason()).or_default() += 1;
        if let (Some(tell), false) = (&self.hooks.refused, answer == Answer::Received) {
            tell(&answer);
        }
        answer.into_response().map(|text| Full::new(text.into()))
    }

    /// The delivery in a request, and the name of the endpoint that it came to.
    async fn delivery<B>(
        &self,
        request: Request<B>,
    ) -> Result<(Option<Arc<str>>, Delivery), Refusal>
    where
        B: Body,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (head, body) = request.into_parts();
        if head.method != Method::POST {
            return Err(DeliveryError::WrongMethod.into());
        }
        let now = SystemTime::now;
        match &*self.verifying {
            Verifying::One(verifier) => {
                let max_size = verifier.max_body_size();
                let body = read(body, &head.headers, max_size, self.body_timeout).await?;
                Ok((None, verifier.receive(&Request::from_parts(head, body), now())?))
            }
            Verifying::Accounts(accounts) => {
                let name = accounts.name(&head.uri)?;
                let verifier = accounts.verifier(&name).await?;
                let verifier = verifier.ok_or(DeliveryError::WrongToken)?;
                let max_size = verifier.max_body_size();
                let body = read(body, &head.headers, max_size, self.body_timeout).await?;
                let request = Request::from_parts(head, body);
                let delivery = match verifier.receive(&request, now()) {
                    // The secret may have been changed.
                    Err(DeliveryError::WrongSignature) => {
                        let newer = accounts.newer_verifier(&name).await?;
                        newer.ok_or(DeliveryError::WrongToken)?.receive(&request, now())?
                    }
                    done => done?,
                };
                Ok((Some(name.into()), delivery))
            }
        }
    }
}

impl From<DeliveryError> for Refusal {
    fn from(error: DeliveryError) -> Self {
        Self::Error(error)
    }
}

impl From<Unavailable> for Refusal {
    fn from(_: Unavailable) -> Self {
        Self::Unavailable
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
        let mut shown = f.debug_struct("Receiver");
        if let Verifying::One(verifier) = &*self.verifying {
            shown.field("verifier", verifier);
        }
        shown.finish_non_exhaustive()
    }
}
