use std::time::Duration;

use super::{Identity, OnWait, Pacing, Proxy, Roots};
use crate::oauth::OAuthUrls;
use crate::{Credentials, Error, Kit, RetryPolicy};

/// All settings that the clients of both transports share.
///
/// The builder of each client has a method for each field, with the same name.
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
    /// Kit's base URL: an https URL, or an http URL of this machine. Default: `https://api.kit.com`. See
    /// [`Kit::with_base_url`].
    pub base_url: Option<String>,
    /// Kit's base URL, which may be an http URL of another machine: the credential is sent there unencrypted.
    /// Replaces `base_url` where both are set. See [`Kit::with_plaintext_base_url`].
    pub plaintext_base_url: Option<String>,
    /// The URLs of the OAuth pages. Default: the paths of Kit's specification below the base URL.
    pub oauth_urls: Option<OAuthUrls>,
    /// The application's name and version, put in front of this library's in `User-Agent`.
    pub user_agent: Option<String>,
    /// How often a call is tried, and how long it waits in between. Default: [`RetryPolicy::default`].
    pub retry: RetryPolicy,
    /// Which pacer keeps calls below Kit's rate limit. Default: a [`Pacer`](crate::Pacer) of the client's
    /// own, with the rate limit of its credentials. Clients with the same credentials should share one pacer;
    /// the clones of a client do.
    pub pacing: Pacing,
    /// The function that is told of each wait. Default: none.
    pub on_wait: OnWait,
    /// How long a call may take in all, with all attempts and waits, those for the pacer included. Default: 2
    /// minutes.
    pub timeout: Duration,
    /// How long one attempt may take, from looking up the host to the end of the response's body. Default: 30
    /// s.
    pub attempt_timeout: Duration,
    /// How long connecting may take, from looking up the host to the end of TLS, a proxy included. Default:
    /// 10 s.
    pub connect_timeout: Duration,
    /// How large the body of a response may be, in bytes. Default: 10 MiB.
    pub max_response_size: usize,
    /// How long the client keeps an idle connection. Default: 15 s. Servers close idle connections after
    /// about a minute; a request that is sent while the server closes may or may not be applied.
    pub idle_timeout: Duration,
    /// How many idle connections the client keeps. With 0, each request makes a connection of its own.
    /// Default: 100.
    pub max_idle_connections: usize,
    /// Which certificate authorities the client trusts. Default: Mozilla's with `rustls`, the platform's with
    /// `native-tls`.
    pub roots: Roots,
    /// The certificate by which the client identifies itself to the server. Default: none.
    pub identity: Option<Identity>,
    /// Which proxy requests go through. Default: the proxy of the environment's variables, such as
    /// `https_proxy`.
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
            on_wait: OnWait::default(),
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
    /// Makes the [`Kit`] of these settings and credentials.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `base_url` (which stands for `plaintext_base_url`, too) or `user_agent` that
    /// cannot be used.
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
