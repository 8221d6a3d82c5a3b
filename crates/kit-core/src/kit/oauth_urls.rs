use crate::Error;
use crate::wire::{BaseUrl, Plaintext};

/// The URLs of the OAuth pages, where they are not below the base URL.
///
/// Kit has two sets of paths. Without `OAuthUrls`, those of Kit's specification are used:
/// `/v4/oauth/authorize`, `/v4/oauth/token` and `/v4/oauth/revoke`, below the base URL.
/// [`published`](Self::published) returns the URLs in the metadata of Kit's server.
///
/// Source: Kit's API v4, "Authentication"; `/.well-known/oauth-authorization-server`, as read in August 2026.
///
/// # Examples
///
/// ```
/// use kit_core::oauth::OAuthUrls;
/// use kit_core::{Credentials, Kit};
///
/// let kit = Kit::new(Credentials::none()).with_oauth_urls(OAuthUrls::published());
/// let local = OAuthUrls::new(
///     "http://127.0.0.1:4010/oauth/authorize",
///     "http://127.0.0.1:4010/oauth/token",
///     "http://127.0.0.1:4010/oauth/revoke",
/// )?;
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthUrls {
    authorize: BaseUrl,
    token: BaseUrl,
    revoke: BaseUrl,
}

impl OAuthUrls {
    /// Takes the URLs of the authorization endpoint, the token endpoint and the revocation endpoint.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `authorize_url`, `token_url` or `revoke_url` where the URL is neither an https
    /// URL nor an http URL of this machine, or has a user name, a query or a fragment.
    pub fn new(
        authorize: impl AsRef<str>,
        token: impl AsRef<str>,
        revoke: impl AsRef<str>,
    ) -> Result<Self, Error> {
        Self::parse([authorize.as_ref(), token.as_ref(), revoke.as_ref()], Plaintext::Refused)
    }

    /// These URLs, of any host also over http: for an emulator in a container, say. The app's secret and the
    /// tokens are sent in the clear then.
    ///
    /// # Errors
    ///
    /// The errors of [`new`](Self::new), but for http.
    pub fn plaintext(
        authorize: impl AsRef<str>,
        token: impl AsRef<str>,
        revoke: impl AsRef<str>,
    ) -> Result<Self, Error> {
        Self::parse([authorize.as_ref(), token.as_ref(), revoke.as_ref()], Plaintext::Allowed)
    }

    fn parse(urls: [&str; 3], plaintext: Plaintext) -> Result<Self, Error> {
        let [authorize, token, revoke] = urls;
        Ok(Self {
            authorize: BaseUrl::parse("authorize_url", authorize, plaintext)?,
            token: BaseUrl::parse("token_url", token, plaintext)?,
            revoke: BaseUrl::parse("revoke_url", revoke, plaintext)?,
        })
    }

    /// The URLs in the metadata of Kit's server: `https://app.kit.com/oauth/authorize`,
    /// `https://api.kit.com/oauth/token` and `https://api.kit.com/oauth/revoke`.
    pub fn published() -> Self {
        Self {
            authorize: BaseUrl::https("app.kit.com", "/oauth/authorize"),
            token: BaseUrl::https("api.kit.com", "/oauth/token"),
            revoke: BaseUrl::https("api.kit.com", "/oauth/revoke"),
        }
    }

    /// The URL of the operation with this path, if it is one of OAuth's.
    pub(super) fn of_path(&self, path: &str) -> Option<&BaseUrl> {
        match path {
            "/v4/oauth/authorize" => Some(&self.authorize),
            "/v4/oauth/token" => Some(&self.token),
            "/v4/oauth/revoke" => Some(&self.revoke),
            _ => None,
        }
    }

    /// The URLs that requests are sent to, with their names in errors. (A browser opens the authorization URL.)
    pub(super) fn of_requests(&self) -> [(&'static str, &BaseUrl); 2] {
        [("token_url", &self.token), ("revoke_url", &self.revoke)]
    }
}
