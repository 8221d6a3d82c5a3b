use std::time::Duration;

use kit_core::{Credentials, Error, Kit, Pacer, RetryPolicy};
use ureq::Agent;

use crate::Client;
use crate::exchange::Exchange;

/// How many idle connections are kept, in all and per host.
const MAX_IDLE: usize = 100;

/// No timeout is longer than a year: sums of it and of a time of day stay in range.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A [`Client`] before it is built.
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
///     .timeout(Duration::from_secs(5))
///     .build(Credentials::api_key("kit_0123"))?;
/// # Ok::<(), kit_ureq::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Builder {
    base_url: Option<String>,
    user_agent: Option<String>,
    retry: RetryPolicy,
    pacing: Pacing,
    connect_timeout: Duration,
    timeout: Duration,
    max_response_size: usize,
    agent: Option<Agent>,
}

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
            agent: None,
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

    /// How long a connection may take to be made, TLS included; as long may the lookup of the host take
    /// before it. Default: 10 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout.min(LONGEST);
        self
    }

    /// How long an attempt may take, from the lookup of the host to the end of the body. Default: 30 s.
    /// How long a call may take with all its attempts is up to [`retry`](Self::retry).
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.min(LONGEST);
        self
    }

    /// How large the body of a response may be, in bytes. Default: 10 MiB.
    #[must_use]
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = bytes;
        self
    }

    /// An agent of your own: its TLS, proxy, resolver, middleware and pool.
    ///
    /// The timeouts and limits of this builder apply to it all the same, and it follows no redirect.
    /// That its TLS is one that ureq was built with is for you to see to: ureq panics where the
    /// configuration asks for what is not there.
    #[must_use]
    pub fn agent(mut self, agent: Agent) -> Self {
        self.agent = Some(agent);
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
        let Self { connect_timeout, timeout, max_response_size, agent, .. } = self;
        Exchange {
            is_own: agent.is_none(),
            agent: agent.unwrap_or_else(|| own_agent(connect_timeout, timeout)),
            connect_timeout,
            timeout,
            max_response_size,
        }
    }
}

fn own_agent(connect_timeout: Duration, timeout: Duration) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_resolve(Some(connect_timeout))
        .timeout_connect(Some(connect_timeout))
        .timeout_global(Some(timeout))
        .max_idle_connections(MAX_IDLE)
        .max_idle_connections_per_host(MAX_IDLE);
    #[cfg(feature = "native-tls")]
    let config = config.tls_config(
        ureq::tls::TlsConfig::builder()
            .provider(ureq::tls::TlsProvider::NativeTls)
            .root_certs(ureq::tls::RootCerts::PlatformVerifier)
            .build(),
    );
    config.build().into()
}
