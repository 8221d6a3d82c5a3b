use std::time::Duration;

use super::{Identity, Pacing, Proxy, Roots};
use crate::oauth::OAuthUrls;
use crate::{Credentials, Error, Kit, RetryPolicy};

/// All that the client of a transport can be told.
///
/// The builder of each transport has a method for each field, of the same name.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use kit_core::settings::Settings;
///
/// let mut settings = Settings::default();
/// settings.timeout = Duration::from_secs(10);
/// settings.user_agent = Some("newsletter/2.1".into());
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Where Kit is. Default: `https://api.kit.com`. An https URL, or an http one of this machine: see
    /// [`Kit::with_base_url`].
    pub base_url: Option<String>,
    /// Where Kit is, by a URL that may be an http one of another machine, to which the credential is sent in
    /// the clear: see [`Kit::with_plaintext_base_url`].
    pub plaintext_base_url: Option<String>,
    /// Where the pages of OAuth are, apart from the base URL.
    pub oauth_urls: Option<OAuthUrls>,
    /// The application's name and version, put in front of this library's in `User-Agent`.
    pub user_agent: Option<String>,
    /// How often a call is tried. Default: [`RetryPolicy::default`].
    pub retry: RetryPolicy,
    /// Who makes calls wait, so that they do not run into Kit's rate limit. Default: a
    /// [`Pacer`](crate::Pacer) of the client's own, with what Kit allows the credentials. Clients with the same
    /// credentials should share one, as the clones of a client do.
    pub pacing: Pacing,
    /// How long a call may take in all: waits, further attempts and the pacer included. Default: 2 minutes.
    pub timeout: Duration,
    /// How long one attempt may take, from the lookup of the host to the end of the body. Default: 30 s.
    pub attempt_timeout: Duration,
    /// How long a connection may take to be made, the lookup of the host, a proxy and TLS included.
    /// Default: 10 s.
    pub connect_timeout: Duration,
    /// How large the body of a response may be, in bytes. Default: 10 MiB.
    pub max_response_size: usize,
    /// How long a connection is kept that nobody uses. Default: 15 s. Servers close theirs after about a
    /// minute, and a request that crosses the close is one that may have been applied.
    pub idle_timeout: Duration,
    /// How many connections are kept that nobody uses; 0 to use each once. Default: 100.
    pub max_idle_connections: usize,
    /// Whose certificates the server may show. Default: Mozilla's with `rustls`, the platform's with
    /// `native-tls`.
    pub roots: Roots,
    /// The certificate that the client shows. Default: none.
    pub identity: Option<Identity>,
    /// Which proxy requests go through. Default: what the environment says.
    pub proxy: Proxy,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            base_url: None,
            plaintext_base_url: None,
            oauth_urls: None,
            user_agent: None,
            retry: RetryPolicy::default(),
            pacing: Pacing::default(),
            timeout: Duration::from_secs(120),
            attempt_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            max_response_size: 10 * 1024 * 1024,
            idle_timeout: Duration::from_secs(15),
            max_idle_connections: 100,
            roots: Roots::default(),
            identity: None,
            proxy: Proxy::default(),
        }
    }
}

impl Settings {
    /// Where Kit is, and as whom to talk to it.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for a `base_url` or `user_agent` that cannot be used.
    pub fn kit(&self, credentials: Credentials) -> Result<Kit, Error> {
        let mut kit = Kit::new(credentials);
        if let Some(url) = &self.base_url {
            kit = kit.with_base_url(url)?;
        }
        if let Some(url) = &self.plaintext_base_url {
            kit = kit.with_plaintext_base_url(url)?;
        }
        if let Some(urls) = &self.oauth_urls {
            kit = kit.with_oauth_urls(urls.clone());
        }
        if let Some(application) = &self.user_agent {
            kit = kit.with_user_agent(application)?;
        }
        Ok(kit)
    }
}
