use std::fmt;

use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use http::{Request, Response};
use zeroize::Zeroizing;

use crate::wire::{BaseUrl, reply};
use crate::{Credentials, Delivery, Endpoint, Error, TransportError};

/// Where Kit is and as whom to talk to it: turns endpoints into requests and replies into values.
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
    base_url: BaseUrl,
    credentials: Credentials,
    /// What requests with a body carry; without the credential, where that cannot be sent or changes.
    headers: HeaderMap,
}

impl Kit {
    const USER_AGENT: &str = concat!("kit-core/", env!("CARGO_PKG_VERSION"));

    /// Kit at `https://api.kit.com`.
    pub fn new(credentials: Credentials) -> Self {
        let json = HeaderValue::from_static("application/json");
        let mut headers = HeaderMap::with_capacity(4);
        headers.insert(ACCEPT, json.clone());
        headers.insert(CONTENT_TYPE, json);
        headers.insert(USER_AGENT, HeaderValue::from_static(Self::USER_AGENT));
        if credentials.as_session().is_none()
            && let Ok((name, secret)) = credentials.header()
        {
            headers.insert(name, secret);
        }
        Self { base_url: BaseUrl::kit(), credentials, headers }
    }

    /// Kit at another address: a local one to develop against, or a proxy.
    ///
    /// Any `http` or `https` URL, with or without a path (the operations' paths, which begin with
    /// `/v4`, go behind it) and with or without a slash at its end.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `base_url` where it is not an absolute http or https URL with a host, or
    /// has a user name, a query or a fragment.
    pub fn with_base_url(mut self, url: impl AsRef<str>) -> Result<Self, Error> {
        self.base_url = BaseUrl::parse(url.as_ref())?;
        Ok(self)
    }

    /// Whether requests are to go over TLS: a transport that has none can say so before it tries.
    pub fn is_https(&self) -> bool {
        self.base_url.is_https()
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
        self.headers.insert(USER_AGENT, user_agent);
        Ok(self)
    }

    /// The request to send.
    ///
    /// It carries `Accept`, `User-Agent`, the credential (marked sensitive) and, where there is a
    /// body, `Content-Type`. `Host` and `Content-Length` are the transport's to add.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for a credential that cannot be sent, and for an endpoint that wants one where
    /// there is none.
    pub fn request<E: Endpoint + ?Sized>(&self, endpoint: &E) -> Result<Request<Vec<u8>>, Error> {
        self.request_with(endpoint, None)
    }

    /// `token` takes the place of a session's.
    pub(crate) fn request_with<E: Endpoint + ?Sized>(
        &self,
        endpoint: &E,
        token: Option<&Credentials>,
    ) -> Result<Request<Vec<u8>>, Error> {
        let credential = if endpoint.is_authenticated() {
            Some(token.unwrap_or(&self.credentials).header()?)
        } else {
            None
        };
        let body = endpoint.body()?;
        let mut headers = self.headers.clone();
        match credential {
            None => Credentials::remove_from(&mut headers),
            Some((name, value)) if self.credentials.as_session().is_some() => {
                headers.insert(name, value);
            }
            Some(_) => {}
        }
        if body.is_none() {
            headers.remove(CONTENT_TYPE);
        }
        let mut request = Request::new(body.unwrap_or_default());
        *request.method_mut() = E::METHOD;
        *request.uri_mut() = self.base_url.join(endpoint)?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// Where an endpoint is.
    #[cfg(feature = "authorize")]
    pub(crate) fn url<E: Endpoint + ?Sized>(&self, endpoint: &E) -> Result<http::Uri, Error> {
        self.base_url.join(endpoint)
    }

    /// Reads the response to a request.
    ///
    /// # Errors
    ///
    /// [`Error::Api`] where the status is not a success (2xx), whatever the body; [`Error::Reply`]
    /// where it is one and the body is not what was promised.
    pub fn response<E: Endpoint + ?Sized>(
        &self,
        endpoint: &E,
        response: Response<impl AsRef<[u8]>>,
    ) -> Result<E::Reply, Error> {
        self.response_with(endpoint, response, None)
    }

    /// `token` is what took the place of a session's.
    pub(crate) fn response_with<E: Endpoint + ?Sized>(
        &self,
        endpoint: &E,
        response: Response<impl AsRef<[u8]>>,
        token: Option<&Credentials>,
    ) -> Result<E::Reply, Error> {
        let (head, body) = response.into_parts();
        reply::read(endpoint, &head, body.as_ref(), || self.secrets(token))
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    fn secrets(&self, token: Option<&Credentials>) -> Vec<Zeroizing<String>> {
        let mut secrets = self.credentials.secrets();
        secrets.extend(token.into_iter().flat_map(Credentials::secrets));
        secrets
    }

    /// The error for a request that got no response: what the transport met, with the operation it
    /// was met at.
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
    /// assert_eq!(error.to_string(), "POST /v4/webhooks: not sent: connection refused");
    /// assert!(!error.may_have_been_applied());
    /// # Ok::<(), kit_core::Error>(())
    /// ```
    pub fn failure<E: Endpoint + ?Sized>(&self, endpoint: &E, source: TransportError) -> Error {
        let earlier = Delivery::NotSent;
        Error::Transport { method: E::METHOD, path: endpoint.path(), source, earlier }
    }
}

#[cfg(feature = "tracing")]
impl Kit {
    /// The `X-Request-Id` of a response to what may have been sent with `token`.
    pub(crate) fn request_id<E: Endpoint + ?Sized>(
        &self,
        headers: &HeaderMap,
        endpoint: &E,
        token: Option<&Credentials>,
    ) -> Option<String> {
        let secrets = self.secrets(token);
        let secrets = secrets.iter().map(|secret| secret.as_str());
        let scrub = crate::wire::Scrub::new(secrets.chain(endpoint.secrets()));
        reply::request_id(headers, &scrub)
    }
}

impl fmt::Debug for Kit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user_agent = self.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        f.debug_struct("Kit")
            .field("base_url", &format_args!("{}", self.base_url))
            .field("credentials", &self.credentials)
            .field("user_agent", &user_agent.unwrap_or_default())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::kit;
    use crate::webhooks::{CreateWebhook, Event, ListWebhooks};

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
        for (url, is_https) in [("HTTPS://a.b", true), ("http://a.b", false)] {
            assert_eq!(kit().with_base_url(url).unwrap().is_https(), is_https, "{url}");
        }
    }

    #[test]
    fn a_content_type_comes_with_a_body() {
        let create = CreateWebhook::new("https://example.com/", Event::PurchaseCreate).unwrap();
        let with = kit().request(&create).unwrap();
        assert_eq!(with.headers()[CONTENT_TYPE], "application/json");
        let without = kit().request(&ListWebhooks::new()).unwrap();
        assert!(!without.headers().contains_key(CONTENT_TYPE) && without.body().is_empty());
    }
}
