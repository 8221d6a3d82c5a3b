use std::fmt;
use std::time::Duration;

use http::{Request, Response, Uri};
use hyper::body::Body;
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::Connection;
use kit_core::settings::{Settings, Unusable};
use kit_core::{Error, Kit};
use tower_service::Service;

use crate::box_error::BoxError;
use crate::connector::HAS_TLS;
use crate::exchange::Exchange;
use crate::protocol::Protocol;
use crate::sender::Sender;
use crate::{Client, ClientPacing, HttpClient, Principal, RequestBody, connector};

/// The settings of a [`Client`], before it is built.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use kit_hyper::{Client, Credentials};
///
/// let client = Client::builder()
///     .base_url("http://127.0.0.1:4010")
///     .user_agent("newsletter/2.1")
///     .timeout(Duration::from_secs(20))
///     .build(Credentials::api_key("kit_0123"))?;
/// # Ok::<(), kit_hyper::Error>(())
/// ```
#[derive(Default)]
pub struct Builder {
    settings: Settings,
    protocol: Protocol,
    sender: SenderOf,
    middleware: Option<Layer>,
}

type Layer = Box<dyn FnOnce(HttpClient) -> Sender + Send + Sync>;
type ClientOf = Box<dyn FnOnce(&Settings, &Protocol) -> HttpClient + Send + Sync>;

/// The sender of requests, which is made once the settings are known.
#[derive(Default)]
enum SenderOf {
    #[default]
    Default,
    Connector(ClientOf),
    Service(Sender),
}

impl Builder {
    kit_core::setters!();

    /// Uses HTTP/1.1 alone. By default the client uses HTTP/2 where the server offers it over TLS.
    #[must_use]
    pub fn http1_only(mut self) -> Self {
        self.protocol.is_http1_only = true;
        self
    }

    /// How often the client pings the server on an HTTP/2 connection in use, and how long it waits for the
    /// answer before it closes the connection; `None` for no pings. Default: 10 s. Without pings, the client
    /// does not notice a connection that broke silently, and goes on sending requests on it.
    #[must_use]
    pub fn http2_keep_alive(mut self, interval: impl Into<Option<Duration>>) -> Self {
        self.protocol.http2_keep_alive = interval.into();
        self
    }

    /// After how long without traffic the system checks a connection (TCP keep-alive); `None` for no checks.
    /// Default: `None`.
    #[must_use]
    pub fn tcp_keep_alive(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.protocol.tcp_keep_alive = time.into();
        self
    }

    /// Connects by a connector of your own, with the connector's sockets, TLS, proxy and resolver. The
    /// settings of this builder for these have no effect; those for timeouts, limits and the pool do.
    #[must_use]
    pub fn connector<C>(mut self, connector: C) -> Self
    where
        C: Service<Uri> + Clone + Send + Sync + 'static,
        C::Response: Connection + Read + Write + Send + Unpin + 'static,
        C::Future: Send + 'static,
        C::Error: Into<BoxError> + 'static,
    {
        self.sender = SenderOf::Connector(Box::new(|settings, protocol| {
            HttpClient::new(connector, settings, protocol.http2_keep_alive)
        }));
        self
    }

    /// Sends requests by a `tower` service of your own, in place of hyper's client. The service gets every
    /// request, that of each attempt and of each refresh of a session, and is cloned for each.
    ///
    /// The settings of this builder for connections have no effect; those for the timeouts of attempts and
    /// calls, and for the size of a response, do. [`middleware`](Self::middleware) cannot be used beside a
    /// service.
    ///
    /// Whether a request that failed was sent is not known once the service was called: it counts as one that Kit may
    /// have applied, and what must not be done twice is not sent again.
    #[must_use]
    pub fn service<S, B>(mut self, service: S) -> Self
    where
        S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Future: Send,
        S::Error: Into<BoxError>,
        B: Body + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.sender = SenderOf::Service(Sender::service(service));
        self
    }

    /// Wraps hyper's client: `layer` takes the client that these settings make, a `tower` service, and
    /// returns the service that the requests are sent by.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_hyper::{Client, Credentials, HttpClient, RequestBody};
    /// use tower::util::ServiceExt as _;
    ///
    /// let client = Client::builder()
    ///     .middleware(|client: HttpClient| {
    ///         client.map_request(|mut request: http::Request<RequestBody>| {
    ///             let tenant = http::HeaderValue::from_static("acme");
    ///             request.headers_mut().insert("x-tenant", tenant);
    ///             request
    ///         })
    ///     })
    ///     .build(Credentials::api_key("kit_0123"))?;
    /// # Ok::<(), kit_hyper::Error>(())
    /// ```
    #[must_use]
    pub fn middleware<S, B>(
        mut self,
        layer: impl FnOnce(HttpClient) -> S + Send + Sync + 'static,
    ) -> Self
    where
        S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Future: Send,
        S::Error: Into<BoxError>,
        B: Body + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.middleware = Some(Box::new(|client| Sender::service(layer(client))));
        self
    }

    /// Builds the client, for these credentials or this session.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for a setting that cannot be used, with the setting's name; for a URL, too, where it is an
    /// https URL and this crate is built without TLS.
    pub fn build(self, principal: impl Into<Principal>) -> Result<Client, Error> {
        let Principal { credentials, session } = principal.into();
        let pacing = ClientPacing::from(self.settings.pacing.clone());
        let (pacer, budget) = pacing.choose(&credentials, session.as_ref());
        let kit = self.settings.kit(credentials)?;
        let (patience, on_wait) = ((&self.settings).into(), self.settings.on_wait.clone());
        let exchange = self.exchange(&kit)?;
        Ok(Client { kit, session, pacer, budget, patience, on_wait, exchange: Ok(exchange.into()) })
    }

    /// Builds the client with the defaults. Where a default cannot be used, every call returns the error.
    pub(crate) fn of_defaults(principal: Principal) -> Client {
        let Principal { credentials, session } = principal;
        let this = Self::default();
        let pacing = ClientPacing::from(this.settings.pacing.clone());
        let (pacer, budget) = pacing.choose(&credentials, session.as_ref());
        let patience = (&this.settings).into();
        let (kit, on_wait) = (Kit::new(credentials), this.settings.on_wait.clone());
        let exchange = this.exchange(&kit).map(Into::into).map_err(Unusable::from);
        Client { kit, session, pacer, budget, patience, on_wait, exchange }
    }

    fn exchange(self, kit: &Kit) -> Result<Exchange, Error> {
        let Self { settings, protocol, sender, middleware } = self;
        let client = match sender {
            SenderOf::Service(_) if middleware.is_some() => {
                let reason = "stands around hyper's client, which `service` replaces";
                return Err(Error::input("middleware", reason));
            }
            SenderOf::Service(sender) => {
                return Ok(Exchange::new(sender, settings.max_response_size));
            }
            SenderOf::Connector(client_of) => client_of(&settings, &protocol),
            SenderOf::Default => {
                if !HAS_TLS {
                    kit.check_without_tls()?;
                }
                connector::client(&settings, &protocol, kit)?
            }
        };
        let sender = match middleware {
            Some(layer) => layer(client),
            None => Sender::Own(client),
        };
        Ok(Exchange::new(sender, settings.max_response_size))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("settings", &self.settings)
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}
