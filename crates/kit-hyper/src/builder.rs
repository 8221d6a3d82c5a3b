use std::fmt;
use std::time::Duration;

use http::Uri;
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::Connection;
use kit_core::{Credentials, Error, Kit, Pacer, RetryPolicy};
use tower_service::Service;

use crate::Client;
use crate::exchange::{BoxError, Exchange, Pool};

const HAS_TLS: bool = cfg!(any(feature = "rustls", feature = "native-tls"));

/// A [`Client`] before it is built.
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
///     .timeout(Duration::from_secs(5))
///     .build(Credentials::api_key("kit_0123"))?;
/// # Ok::<(), kit_hyper::Error>(())
/// ```
pub struct Builder {
    base_url: Option<String>,
    user_agent: Option<String>,
    retry: RetryPolicy,
    pacing: Pacing,
    connect_timeout: Duration,
    timeout: Duration,
    max_response_size: usize,
    connector: Option<PoolOf>,
}

/// Makes the pool once the timeout for connecting is known.
type PoolOf = Box<dyn FnOnce(Duration) -> Pool + Send + Sync>;

#[derive(Clone, Debug)]
enum Pacing {
    ByCredentials,
    By(Option<Pacer>),
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            base_url: None,
            user_agent: None,
            retry: RetryPolicy::default(),
            pacing: Pacing::ByCredentials,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            max_response_size: 10 * 1024 * 1024,
            connector: None,
        }
    }
}

impl Builder {
    /// Where Kit is. Default: `https://api.kit.com`. See [`Kit::with_base_url`].
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The application's name and version, put in front of this library's in `User-Agent`.
    #[must_use]
    pub fn user_agent(mut self, application: impl Into<String>) -> Self {
        self.user_agent = Some(application.into());
        self
    }

    /// How often and how long a call is tried. Default: [`RetryPolicy::default`].
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Who makes calls wait, so that they do not run into Kit's rate limit; `None` for nobody. Default: a
    /// [`Pacer`] with what Kit allows the credentials. Clients with the same credentials should share
    /// one, as the clones of a client do.
    #[must_use]
    pub fn pacer(mut self, pacer: impl Into<Option<Pacer>>) -> Self {
        self.pacing = Pacing::By(pacer.into());
        self
    }

    /// How long a connection may take to be made, TLS included. Default: 10 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long an attempt may take, from the lookup of the host to the end of the body. Default: 30 s.
    /// How long a call may take with all its attempts is up to [`retry`](Self::retry).
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How large the body of a response may be, in bytes. Default: 10 MiB.
    #[must_use]
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = bytes;
        self
    }

    /// A connector of your own: its sockets, TLS, proxy and resolver.
    ///
    /// The timeouts and limits of this builder apply to it all the same.
    #[must_use]
    pub fn connector<C>(mut self, connector: C) -> Self
    where
        C: Service<Uri> + Clone + Send + Sync + 'static,
        C::Response: Connection + Read + Write + Send + Unpin + 'static,
        C::Future: Send + 'static,
        C::Error: Into<BoxError> + 'static,
    {
        self.connector = Some(Box::new(|timeout| Pool::new(connector, timeout)));
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for a `base_url` or `user_agent` that cannot be used.
    pub fn build(self, credentials: Credentials) -> Result<Client, Error> {
        let rate_limit = credentials.rate_limit();
        let mut kit = Kit::new(credentials);
        if let Some(url) = &self.base_url {
            kit = kit.with_base_url(url)?;
        }
        if let Some(application) = &self.user_agent {
            kit = kit.with_user_agent(application)?;
        }
        Ok(self.assemble(kit, rate_limit))
    }

    /// What cannot fail of it.
    pub(crate) fn assemble(self, kit: Kit, rate_limit: u32) -> Client {
        let retry = self.retry;
        let pacer = match &self.pacing {
            Pacing::ByCredentials => Some(Pacer::new(rate_limit)),
            Pacing::By(pacer) => pacer.clone(),
        };
        Client::from_parts(kit, retry, pacer, self.into_exchange())
    }

    fn into_exchange(self) -> Exchange {
        let Self { connect_timeout, timeout, max_response_size, connector, .. } = self;
        let has_tls = HAS_TLS || connector.is_some();
        let pool = match connector {
            Some(pool_of) => pool_of(connect_timeout),
            None => match crate::connector::new() {
                Ok(connector) => Pool::new(connector, connect_timeout),
                Err(reason) => Pool::broken(&reason),
            },
        };
        Exchange::new(pool, has_tls, timeout, max_response_size)
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("base_url", &self.base_url)
            .field("user_agent", &self.user_agent)
            .field("retry", &self.retry)
            .field("pacing", &self.pacing)
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("max_response_size", &self.max_response_size)
            .finish_non_exhaustive()
    }
}
