use std::fmt;
use std::sync::Arc;

use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use http::{Method, Request, Response};
use zeroize::Zeroizing;

use crate::endpoint::{Auth, Endpoint, operation};
use crate::error::{Applied, Sent};
use crate::kit::{OAuthUrls, response};
use crate::wire::{BaseUrl, Plaintext, Query};
use crate::{Credentials, Error, TransportError};

/// Kit's address and the credentials for it: turns operations into requests and responses into values.
///
/// Cheap to clone.
///
/// # Examples
///
/// ```
/// use kit_core::{Credentials, Kit};
///
/// let kit = Kit::new(Credentials::api_key("kit_0123"))
///     .with_base_url("http://127.0.0.1:8080")?
///     .with_user_agent("newsletter/2.1")?;
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Kit {
    parts: Arc<Parts>,
}

#[derive(Clone)]
struct Parts {
    base_url: BaseUrl,
    oauth_urls: Option<OAuthUrls>,
    credentials: Credentials,
    /// The headers of a request with a JSON body. The credential is among them, unless it cannot be sent, or
    /// is that of a session, which changes.
    headers: HeaderMap,
    /// The same of a request without a body.
    headers_without_body: HeaderMap,
}

impl Parts {
    fn change_headers(&mut self, change: impl Fn(&mut HeaderMap)) {
        change(&mut self.headers);
        change(&mut self.headers_without_body);
    }
}

/// The media type of most request bodies, and of all replies (`Accept`).
const JSON: HeaderValue = HeaderValue::from_static("application/json");

impl Kit {
    const USER_AGENT: &str = concat!("kit-core/", env!("CARGO_PKG_VERSION"));

    /// Kit at `https://api.kit.com`.
    pub fn new(credentials: Credentials) -> Self {
        let given = credentials;
        let mut headers = HeaderMap::with_capacity(4);
        headers.insert(ACCEPT, JSON);
        headers.insert(CONTENT_TYPE, JSON);
        headers.insert(USER_AGENT, HeaderValue::from_static(Self::USER_AGENT));
        let mut headers_without_body = headers.clone();
        headers_without_body.remove(CONTENT_TYPE);
        let (base_url, credentials) = (BaseUrl::kit(), Credentials::none());
        let parts =
            Parts { base_url, oauth_urls: None, credentials, headers, headers_without_body };
        Self { parts: Arc::new(parts) }.with_credentials(given)
    }

    /// The same Kit with other credentials.
    #[must_use]
    pub fn with_credentials(mut self, credentials: Credentials) -> Self {
        let parts = self.change();
        parts.change_headers(Credentials::remove_from);
        if credentials.as_session().is_none()
            && let Ok((name, secret)) = credentials.header()
        {
            parts.change_headers(|headers| drop(headers.insert(name.clone(), secret.clone())));
        }
        parts.credentials = credentials;
        self
    }

    /// Sets the base URL: a local Kit to develop against, or a proxy. Default: `https://api.kit.com`.
    ///
    /// The base URL is an https URL, or an http URL of this machine. It may have a path, to which the paths
    /// of the operations, such as `/v4/webhooks`, are appended. A slash at its end makes no difference.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `base_url` where the URL is not an absolute http or https URL with a host, or has
    /// a user name, a query or a fragment; and where it is an http URL of another machine, since the
    /// credential would be sent unencrypted.
    pub fn with_base_url(self, url: impl AsRef<str>) -> Result<Self, Error> {
        self.at(url.as_ref(), Plaintext::Refused)
    }

    /// Sets the base URL, and allows an http URL of another machine: the credential is sent unencrypted, and
    /// whoever listens on the network can read it. For networks that encrypt by themselves, and for
    /// containers that talk to each other.
    ///
    /// # Errors
    ///
    /// The errors of [`with_base_url`](Self::with_base_url), except that for an http URL of another machine.
    pub fn with_plaintext_base_url(self, url: impl AsRef<str>) -> Result<Self, Error> {
        self.at(url.as_ref(), Plaintext::Allowed)
    }

    fn at(mut self, url: &str, plaintext: Plaintext) -> Result<Self, Error> {
        self.change().base_url = BaseUrl::parse("base_url", url, plaintext)?;
        Ok(self)
    }

    /// Sets the URLs of the OAuth pages. Default: the paths of Kit's specification below the base URL.
    #[must_use]
    pub fn with_oauth_urls(mut self, urls: OAuthUrls) -> Self {
        self.change().oauth_urls = Some(urls);
        self
    }

    /// Whether the base URL is an https URL.
    pub fn is_https(&self) -> bool {
        self.parts.base_url.is_https()
    }

    /// The host of the base URL, without the port.
    pub fn host(&self) -> &str {
        self.parts.base_url.host()
    }

    /// Checks that a transport without TLS can send all requests: they go to the base URL, and to
    /// the token and revocation URLs of [`OAuthUrls`], with secrets.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `base_url`, `token_url` or `revoke_url` where the URL is an https URL.
    pub fn check_without_tls(&self) -> Result<(), Error> {
        match self.urls().find(|(_, url)| url.is_https()) {
            None => Ok(()),
            Some((field, _)) => Err(Error::input(
                field,
                "begins with https, and this is built without TLS: turn on the feature `rustls` or \
                 `native-tls`",
            )),
        }
    }

    /// The URLs that requests are sent to, with their names in errors. (A browser opens the authorization URL.)
    pub(crate) fn urls(&self) -> impl Iterator<Item = (&'static str, &BaseUrl)> {
        let of_oauth = self.parts.oauth_urls.iter().flat_map(OAuthUrls::of_requests);
        [("base_url", &self.parts.base_url)].into_iter().chain(of_oauth)
    }

    /// Puts the application's name and version in front of this library's in `User-Agent`.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `user_agent` where it is empty or holds anything but printable ASCII.
    pub fn with_user_agent(mut self, application: impl AsRef<str>) -> Result<Self, Error> {
        let application = application.as_ref().trim();
        if application.is_empty() {
            return Err(Error::input("user_agent", "is empty"));
        }
        // `HeaderValue` would also take a tab.
        if application.contains(|c: char| c != ' ' && !c.is_ascii_graphic()) {
            return Err(Error::input(
                "user_agent",
                "holds a character that is not printable ASCII",
            ));
        }
        let user_agent = HeaderValue::try_from(format!("{application} {}", Self::USER_AGENT))
            .map_err(|_| Error::input("user_agent", "cannot be sent in a header"))?;
        self.change()
            .change_headers(|headers| drop(headers.insert(USER_AGENT, user_agent.clone())));
        Ok(self)
    }

    fn change(&mut self) -> &mut Parts {
        Arc::make_mut(&mut self.parts)
    }

    /// Makes the HTTP request for an operation.
    ///
    /// The request has the headers `Accept`, `User-Agent`, the credential (marked sensitive) and, with a
    /// body, `Content-Type`; a POST, PUT or PATCH without a body has `Content-Length: 0`. The transport adds
    /// `Host` and any other `Content-Length`.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for a credential that is missing or cannot be sent, for a session that has no access
    /// token yet, for an API key where Kit takes OAuth alone, and for a path or body that cannot be sent.
    pub fn request<E: Endpoint>(&self, endpoint: &E) -> Result<Request<Vec<u8>>, Error> {
        self.request_with(endpoint, None)
    }

    /// `token`, where it is given, is sent in place of the session's access token.
    pub(crate) fn request_with<E: Endpoint>(
        &self,
        endpoint: &E,
        token: Option<&Credentials>,
    ) -> Result<Request<Vec<u8>>, Error> {
        let Parts { credentials, headers, headers_without_body, .. } = &*self.parts;
        if E::AUTH == Auth::OAuth && credentials.is_api_key() {
            let message = format!(
                "are an API key, and {} {} takes an OAuth access token alone",
                E::METHOD,
                E::PATH
            );
            return Err(Error::input("credentials", message));
        }
        let credential = match E::AUTH {
            Auth::Nobody => None,
            Auth::Any | Auth::OAuth => Some(token.unwrap_or(credentials).header()?),
        };
        endpoint.check()?;
        let body = endpoint.body()?;
        let has_body = body.media_type().is_some();
        let mut headers = if has_body { headers.clone() } else { headers_without_body.clone() };
        match credential {
            None => Credentials::remove_from(&mut headers),
            Some((name, value)) if credentials.as_session().is_some() => {
                headers.insert(name, value);
            }
            Some(_) => {}
        }
        match body.media_type() {
            // The header is there.
            Some(media_type) if JSON == media_type => {}
            Some(media_type) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
            }
            None if [Method::POST, Method::PUT, Method::PATCH].contains(&E::METHOD) => {
                headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
            }
            None => {}
        }
        let mut request = Request::new(body.into_bytes());
        *request.method_mut() = E::METHOD;
        *request.uri_mut() = self.url(endpoint)?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// The URL of an operation.
    pub(crate) fn url<E: Endpoint>(&self, endpoint: &E) -> Result<http::Uri, Error> {
        let query = |query: &mut Query| endpoint.query(query);
        match self.parts.oauth_urls.as_ref().and_then(|urls| urls.of_path(E::PATH)) {
            Some(url) => url.with_query(query),
            None => self.parts.base_url.join(endpoint.path().into_inner(), query),
        }
    }

    /// Reads the response to a request.
    ///
    /// # Errors
    ///
    /// [`Error::Api`] where the status is not a success (2xx), whatever the body; [`Error::Reply`] where the
    /// status is a success, but the reply cannot be read as the operation's reply.
    pub fn response<E: Endpoint>(
        &self,
        endpoint: &E,
        response: Response<impl AsRef<[u8]>>,
    ) -> Result<E::Reply, Error> {
        self.response_with(endpoint, response, None)
    }

    /// `token` is the access token that was sent in place of the session's.
    pub(crate) fn response_with<E: Endpoint>(
        &self,
        endpoint: &E,
        response: Response<impl AsRef<[u8]>>,
        token: Option<&Credentials>,
    ) -> Result<E::Reply, Error> {
        let (head, body) = response.into_parts();
        response::read(endpoint, &head, body.as_ref(), || self.secrets(token))
    }

    /// The credentials.
    pub fn credentials(&self) -> &Credentials {
        &self.parts.credentials
    }

    fn secrets(&self, token: Option<&Credentials>) -> Vec<Zeroizing<String>> {
        let mut secrets = self.credentials().secrets();
        secrets.extend(token.into_iter().flat_map(Credentials::secrets));
        secrets
    }

    /// Makes the error of a call whose request got no response, from the operation and the transport's
    /// failure.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_core::webhooks::{CreateWebhook, Event};
    /// use kit_core::{Credentials, Kit, TransportError};
    ///
    /// let kit = Kit::new(Credentials::api_key("kit_0123"));
    /// let create = CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate)?;
    ///
    /// let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
    /// let error = kit.failure(&create, TransportError::NotSent(refused.into()));
    /// assert_eq!(error.to_string(), "POST /v4/webhooks: not sent: connection refused [api.kit.com]");
    /// assert!(!error.may_have_been_applied());
    /// # Ok::<(), kit_core::Error>(())
    /// ```
    pub fn failure<E: Endpoint>(&self, endpoint: &E, failure: TransportError) -> Error {
        let host = self.url(endpoint).ok().and_then(|url| url.host().map(Into::into));
        let sent = Sent { host: host.unwrap_or_default(), ..Sent::default() };
        let (operation, sent, earlier) = (operation(endpoint), sent.into(), Applied::No);
        Error::Transport { operation, failure, sent, earlier }
    }
}

#[cfg(feature = "tracing")]
impl Kit {
    /// The `X-Request-Id` of a response. No secret of Kit's credentials, the operation or `token` stands in
    /// it.
    pub(crate) fn request_id<E: Endpoint>(
        &self,
        headers: &HeaderMap,
        endpoint: &E,
        token: Option<&Credentials>,
    ) -> Option<String> {
        let secrets = self.secrets(token);
        let scrub = crate::secret::Scrub::of_call(&secrets, endpoint.secrets());
        response::request_id(headers, &scrub)
    }
}

impl fmt::Debug for Kit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { base_url, credentials, headers, .. } = &*self.parts;
        let user_agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        f.debug_struct("Kit")
            .field("base_url", &format_args!("{base_url}"))
            .field("credentials", credentials)
            .field("user_agent", &user_agent.unwrap_or_default())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #[cfg(feature = "tracing")]
    use http::HeaderName;

    use super::*;
    use crate::Effect;
    use crate::fixtures::kit;
    use crate::webhooks::{CreateWebhook, Event, ListWebhooks};
    use crate::wire::{ReadError, Reply};

    #[cfg(feature = "tracing")]
    #[test]
    fn a_request_id_is_traced_without_secrets() {
        let kit = Kit::new(Credentials::api_key("kit_5ecret_key"));
        let endpoint = crate::fixtures::create();
        let of = |id: &'static str| {
            let headers = HeaderMap::from_iter([(
                HeaderName::from_static("x-request-id"),
                HeaderValue::from_static(id),
            )]);
            kit.request_id(&headers, &endpoint, None)
        };
        assert_eq!(of("3f1c").as_deref(), Some("3f1c"));
        assert_eq!(of("kit_5ecret_key").as_deref(), Some("[redacted]"));
        assert_eq!(kit.request_id(&HeaderMap::new(), &endpoint, None), None);
    }

    #[test]
    fn the_application_stands_in_front_of_the_user_agent() {
        for (application, expected) in [
            ("newsletter/2.1", concat!("newsletter/2.1 kit-core/", env!("CARGO_PKG_VERSION"))),
            (" a (b; c) ", concat!("a (b; c) kit-core/", env!("CARGO_PKG_VERSION"))),
        ] {
            let kit = kit().with_user_agent(application).unwrap();
            let request = kit.request(&ListWebhooks::new()).unwrap();
            assert_eq!(request.headers()[USER_AGENT], expected);
        }
        for bad in ["", " ", "a\tb", "a\r\nb", "\u{e9}"] {
            let error = kit().with_user_agent(bad).unwrap_err().to_string();
            assert!(error.starts_with("user_agent: "), "{bad:?}: {error}");
        }
    }

    #[test]
    fn the_scheme_is_that_of_the_base_url() {
        assert!(kit().is_https());
        for (url, is_https) in [("HTTPS://a.b", true), ("http://[::1]:1", false)] {
            assert_eq!(kit().with_base_url(url).unwrap().is_https(), is_https, "{url}");
        }
        assert!(!kit().with_plaintext_base_url("http://a.b").unwrap().is_https());
        assert_eq!(kit().with_base_url("http://[::1]:1/a").unwrap().host(), "::1");
    }

    #[test]
    fn without_tls_no_request_goes_to_an_https_url() {
        let (plain, https) = ("http://127.0.0.1:1/a", "https://a.b/c");
        for (base, token, revoke, field) in [
            (plain, plain, plain, None),
            (https, https, https, Some("base_url")),
            (plain, https, https, Some("token_url")),
            (plain, plain, https, Some("revoke_url")),
        ] {
            let urls = OAuthUrls::new(https, token, revoke).unwrap();
            let kit = kit().with_base_url(base).unwrap().with_oauth_urls(urls);
            let refused = kit.check_without_tls().err().map(|error| match error {
                Error::Input { field, .. } => field.to_string(),
                error => panic!("{error:?}"),
            });
            assert_eq!(refused.as_deref(), field);
        }
    }

    #[test]
    fn a_content_type_comes_with_a_body() {
        let create = CreateWebhook::new("https://example.com/", Event::PurchaseCreate).unwrap();
        let with = kit().request(&create).unwrap();
        assert_eq!(with.headers()[CONTENT_TYPE], "application/json");
        assert!(!with.headers().contains_key(CONTENT_LENGTH), "it is the transport's");
        let without = kit().request(&ListWebhooks::new()).unwrap();
        assert!(!without.headers().contains_key(CONTENT_TYPE) && without.body().is_empty());
    }

    struct Bare;

    impl Endpoint for Bare {
        const METHOD: Method = Method::POST;
        const PATH: &'static str = "/v4/bulk/things";
        const EFFECT: Effect = Effect::Creates;
        const AUTH: Auth = Auth::OAuth;
        type Reply = ();

        fn reply(&self, reply: Reply<'_>) -> Result<(), ReadError> {
            reply.nothing()
        }
    }

    #[test]
    fn a_post_without_a_body_says_so() {
        let kit = Kit::new(Credentials::access_token("a"));
        let request = kit.request(&Bare).unwrap();
        assert_eq!(request.headers()[CONTENT_LENGTH], "0");
        assert!(!request.headers().contains_key(CONTENT_TYPE));
    }

    #[test]
    fn an_api_key_is_not_sent_where_kit_takes_oauth_alone() {
        let error = kit().request(&Bare).unwrap_err();
        assert_eq!(
            error.to_string(),
            "credentials: are an API key, and POST /v4/bulk/things takes an OAuth access token alone"
        );
        let error = Kit::new(Credentials::none()).request(&Bare).unwrap_err();
        assert!(error.to_string().starts_with("credentials: are missing"), "{error}");
    }

    #[test]
    fn a_change_of_a_clone_is_none_of_the_other() {
        let first = kit();
        let second = first.clone().with_base_url("https://proxy.example").unwrap();
        assert_eq!((first.host(), second.host()), ("api.kit.com", "proxy.example"));
    }
}
