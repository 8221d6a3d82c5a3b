use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use kit_core::settings::{ProxyUrl, Settings, Unusable};
use kit_core::{Error, Kit, TransportError};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Proxy, ProxyProtocol};

use crate::cancel::Cancel;
use crate::connection::{Connecting, LazyResolver};
use crate::exchange::{Exchange, LONGEST, Middleware, Next};
use crate::{Client, ClientPacing, Principal};

const HAS_TLS: bool = cfg!(any(feature = "rustls", feature = "native-tls"));

/// The settings of a [`Client`], before it is built.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use kit_ureq::{Client, Credentials};
///
/// let client = Client::builder()
///     .base_url("http://127.0.0.1:4010")
///     .user_agent("newsletter/2.1")
///     .timeout(Duration::from_secs(20))
///     .build(Credentials::api_key("kit_0123"))?;
/// # Ok::<(), kit_ureq::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Builder {
    settings: Settings,
    agent: Option<Agent>,
    middleware: Option<Arc<Middleware>>,
}

impl Builder {
    kit_core::setters!();

    /// Sends requests by an agent of your own, with the agent's TLS, proxy, resolver, middleware and pool.
    /// The settings of this builder for these have no effect.
    ///
    /// The timeouts and the limit of a response's size apply to the agent, too, and it follows no redirect.
    /// With your own agent, it is known less exactly whether a request was sent: a DELETE on a broken
    /// connection, for example, counts as one that Kit may have applied.
    #[must_use]
    pub fn agent(mut self, agent: Agent) -> Self {
        self.agent = Some(agent);
        self
    }

    /// Runs `middleware` for every request, that of each attempt and of each refresh of a session. The
    /// middleware can change the request and the response, measure the time, or answer itself. It sends the
    /// request by [`Next::send`].
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_ureq::{Client, Credentials};
    ///
    /// let client = Client::builder()
    ///     .middleware(|mut request, next| {
    ///         request.headers_mut().insert("x-tenant", http::HeaderValue::from_static("acme"));
    ///         let response = next.send(request)?;
    ///         println!("{}", response.status());
    ///         Ok(response)
    ///     })
    ///     .build(Credentials::api_key("kit_0123"))?;
    /// # Ok::<(), kit_ureq::Error>(())
    /// ```
    #[must_use]
    pub fn middleware(
        mut self,
        middleware: impl Fn(Request<Vec<u8>>, Next<'_>) -> Result<Response<Vec<u8>>, TransportError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.middleware = Some(Arc::new(middleware));
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
        Ok(Client {
            kit,
            session,
            pacer,
            budget,
            patience,
            on_wait,
            cancel: Cancel::default(),
            exchange: Ok(exchange.into()),
        })
    }

    /// Builds the client with the defaults. Where a default cannot be used, every call returns the error.
    pub(crate) fn of_defaults(principal: Principal) -> Client {
        let Principal { credentials, session } = principal;
        let this = Self::default();
        let pacing = ClientPacing::from(this.settings.pacing.clone());
        let (pacer, budget) = pacing.choose(&credentials, session.as_ref());
        let patience = (&this.settings).into();
        let (kit, on_wait) = (Kit::new(credentials), this.settings.on_wait.clone());
        let exchange = this.exchange(&kit).map(Arc::new).map_err(Unusable::from);
        Client {
            kit,
            session,
            pacer,
            budget,
            patience,
            on_wait,
            cancel: Cancel::default(),
            exchange,
        }
    }

    fn exchange(self, kit: &Kit) -> Result<Exchange, Error> {
        let Self { settings, agent, middleware } = self;
        let connect_timeout = settings.connect_timeout.min(LONGEST);
        let max_response_size = settings.max_response_size;
        if let Some(agent) = agent {
            let is_own = false;
            return Ok(Exchange { agent, is_own, middleware, connect_timeout, max_response_size });
        }
        if !HAS_TLS {
            kit.check_without_tls()?;
        }
        let (agent, is_own) = (own_agent(&settings, kit, connect_timeout)?, true);
        Ok(Exchange { agent, is_own, middleware, connect_timeout, max_response_size })
    }
}

fn own_agent(settings: &Settings, kit: &Kit, connect_timeout: Duration) -> Result<Agent, Error> {
    let proxy = settings.proxy.for_kit(kit, |name| std::env::var(name).ok())?;
    if !HAS_TLS && let Some(proxy) = &proxy {
        proxy.check_without_tls()?;
    }
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(proxy.as_ref().map(tunnel).transpose()?)
        .timeout_connect(Some(connect_timeout))
        .timeout_global(Some(settings.attempt_timeout.min(LONGEST)))
        .max_idle_age(settings.idle_timeout.min(LONGEST))
        .max_idle_connections(settings.max_idle_connections)
        .max_idle_connections_per_host(settings.max_idle_connections);
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    let config = config.tls_config(crate::tls::config(settings)?);
    let connector = Connecting(DefaultConnector::new());
    let resolver = LazyResolver(DefaultResolver::default());
    Ok(Agent::with_parts(config.build(), connector, resolver))
}

fn tunnel(url: &ProxyUrl) -> Result<Proxy, Error> {
    let protocol = if url.is_https() { ProxyProtocol::Https } else { ProxyProtocol::Http };
    let host =
        if url.host().contains(':') { format!("[{}]", url.host()) } else { url.host().to_owned() };
    let mut proxy = Proxy::builder(protocol).host(&host).port(url.port());
    if let (Some(user), Some(password)) = (url.user(), url.password()) {
        proxy = proxy.username(user).password(password);
    }
    proxy.build().map_err(|_| Error::input("proxy", "cannot be used"))
}

/// Does not show the agent, whose proxy may have a password.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("settings", &self.settings).finish_non_exhaustive()
    }
}
