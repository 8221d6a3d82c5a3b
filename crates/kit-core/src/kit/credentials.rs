use std::fmt;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use zeroize::Zeroizing;

use crate::Error;
use crate::oauth::Session;

const API_KEY: HeaderName = HeaderName::from_static("x-kit-api-key");
const BEARER: &[u8] = b"Bearer ";

/// The credentials that requests are sent with: an API key, an access token, a session, or none.
///
/// The secret is never printed, and is marked sensitive in the header that carries it. Its memory is wiped
/// when the last copy, requests included, is dropped. (A transport copies the secret through buffers of its
/// own, which are not wiped.)
///
/// An empty secret, and one with any character but visible ASCII, cannot be sent:
/// [`Kit::request`](crate::Kit::request) returns an [`Error::Input`].
///
/// # Examples
///
/// ```
/// use kit_core::Credentials;
///
/// let credentials = Credentials::api_key("kit_0123");
/// assert_eq!(format!("{credentials:?}"), "ApiKey([redacted])");
/// ```
#[derive(Clone)]
pub struct Credentials(Kind);

#[derive(Clone)]
enum Kind {
    Secret { scheme: Scheme, value: Result<HeaderValue, &'static str> },
    Session(Session),
    None,
}

#[derive(Clone, Copy, Debug)]
enum Scheme {
    ApiKey,
    AccessToken,
}

impl Credentials {
    /// An API key, for programs that use one account. Sent in the header `X-Kit-Api-Key`.
    ///
    /// Kit takes no API key for bulk and purchase operations.
    pub fn api_key(key: impl Into<String>) -> Self {
        let key = Zeroizing::new(key.into().into_bytes());
        let value = check(&key).and_then(|()| sensitive(key));
        Self(Kind::Secret { scheme: Scheme::ApiKey, value })
    }

    /// An OAuth 2.0 access token. Sent as `Authorization: Bearer`. Kit rejects the access token (401) once it
    /// has expired; a [`session`](Self::session) renews its access token in time.
    pub fn access_token(token: impl Into<String>) -> Self {
        let token = Zeroizing::new(token.into().into_bytes());
        let mut bearer = Zeroizing::new(Vec::with_capacity(BEARER.len() + token.len()));
        bearer.extend_from_slice(BEARER);
        bearer.extend_from_slice(&token);
        let value = check(&token).and_then(|()| sensitive(bearer));
        Self(Kind::Secret { scheme: Scheme::AccessToken, value })
    }

    /// A session: each request is sent with the access token that the session has at the time.
    /// [`Call`](crate::Call) renews the access token.
    ///
    /// The clients of `kit-ureq` and `kit-hyper` take the `Session` type of their own crate instead, which
    /// includes the store. With these credentials, such a client can use a session in memory alone.
    pub fn session(session: &Session) -> Self {
        Self(Kind::Session(session.clone()))
    }

    /// No credentials. The operations of OAuth need none: their bodies name the app.
    pub fn none() -> Self {
        Self(Kind::None)
    }

    /// How many requests Kit allows in any 60 seconds: 600 with an access token or a session, 120 with an API
    /// key. Without credentials: 120.
    ///
    /// Source: Kit's API v4, "Rate limits".
    pub fn rate_limit(&self) -> u32 {
        match self.0 {
            Kind::Secret { scheme: Scheme::ApiKey, .. } | Kind::None => 120,
            Kind::Secret { scheme: Scheme::AccessToken, .. } | Kind::Session(_) => 600,
        }
    }

    pub(crate) fn is_api_key(&self) -> bool {
        matches!(self.0, Kind::Secret { scheme: Scheme::ApiKey, .. })
    }

    /// The session, if the credentials are a session.
    pub fn as_session(&self) -> Option<&Session> {
        match &self.0 {
            Kind::Session(session) => Some(session),
            Kind::Secret { .. } | Kind::None => None,
        }
    }

    /// The header that carries the credential.
    pub(crate) fn header(&self) -> Result<(HeaderName, HeaderValue), Error> {
        match &self.0 {
            Kind::Secret { scheme, value } => {
                let (name, field) = match scheme {
                    Scheme::ApiKey => (API_KEY, "api_key"),
                    Scheme::AccessToken => (AUTHORIZATION, "access_token"),
                };
                match value {
                    Ok(value) => Ok((name, value.clone())),
                    Err(reason) => Err(Error::input(field, *reason)),
                }
            }
            Kind::Session(session) => {
                let nothing = "has no access token yet: a `Call` would get one";
                session.current().ok_or(Error::input("session", nothing))?.header()
            }
            Kind::None => {
                Err(Error::input("credentials", "are missing, and the operation needs some"))
            }
        }
    }

    /// Removes the headers that carry credentials.
    pub(crate) fn remove_from(headers: &mut HeaderMap) {
        headers.remove(API_KEY);
        headers.remove(AUTHORIZATION);
    }

    /// The secrets, without the scheme, so that they can be removed from error texts.
    pub(crate) fn secrets(&self) -> Vec<Zeroizing<String>> {
        match &self.0 {
            Kind::Secret { scheme, value } => {
                let value = value.as_ref().ok().and_then(|value| value.to_str().ok());
                let value = value.unwrap_or_default();
                let secret = match scheme {
                    Scheme::ApiKey => value,
                    Scheme::AccessToken => value.strip_prefix("Bearer ").unwrap_or_default(),
                };
                vec![Zeroizing::new(secret.to_owned())]
            }
            Kind::Session(session) => session.secrets(),
            Kind::None => Vec::new(),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Secret { scheme, .. } => write!(f, "{scheme:?}([redacted])"),
            Kind::Session(_) => f.write_str("Session([redacted])"),
            Kind::None => f.write_str("None"),
        }
    }
}

/// Fails for a secret that is empty or holds anything but visible ASCII.
fn check(secret: &[u8]) -> Result<(), &'static str> {
    if secret.is_empty() {
        Err("is empty")
    } else if secret.iter().all(u8::is_ascii_graphic) {
        Ok(())
    } else {
        Err("holds a character that is not printable ASCII, such as a space or a line break")
    }
}

/// A header value that shares one buffer with all its clones and wipes it with the last of them.
fn sensitive(value: Zeroizing<Vec<u8>>) -> Result<HeaderValue, &'static str> {
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(value))
        .map_err(|_| "cannot be sent in a header")?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_header() {
        let (name, value) = Credentials::api_key("kit_0123").header().unwrap();
        assert_eq!((name.as_str(), value.to_str().unwrap()), ("x-kit-api-key", "kit_0123"));
        let (name, value) = Credentials::access_token("abc").header().unwrap();
        assert_eq!((name.as_str(), value.to_str().unwrap()), ("authorization", "Bearer abc"));
        assert!(value.is_sensitive());
    }

    #[test]
    fn a_secret_that_no_header_can_carry_is_an_error_that_names_it() {
        for bad in ["", " ", "kit 0123", "kit_0123\n", "kit_\u{e9}", "kit\0", "\u{7f}"] {
            let error = Credentials::api_key(bad).header().unwrap_err().to_string();
            assert!(error.starts_with("api_key: "), "{error}");
            let error = Credentials::access_token(bad).header().unwrap_err().to_string();
            assert!(error.starts_with("access_token: "), "{error}");
        }
    }

    #[test]
    fn all_copies_are_one_buffer_which_is_wiped() {
        let buffer =
            |credentials: &Credentials| credentials.header().unwrap().1.as_bytes().as_ptr();
        for credentials in [Credentials::api_key("kit_0123"), Credentials::access_token("abc")] {
            assert_eq!(buffer(&credentials), buffer(&credentials.clone()));
        }
        // What the buffer belongs to says of itself that it is wiped.
        let _: &dyn zeroize::ZeroizeOnDrop = &Zeroizing::new(vec![0_u8]);
    }

    #[test]
    fn the_secret_is_the_value_without_its_scheme() {
        let secret = |credentials: Credentials| {
            credentials.secrets().iter().map(|secret| secret.as_str()).collect::<String>()
        };
        assert_eq!(secret(Credentials::api_key("kit_0123")), "kit_0123");
        assert_eq!(secret(Credentials::access_token("abc")), "abc");
        assert_eq!(secret(Credentials::access_token("")), "");
        assert_eq!(secret(Credentials::none()), "");
    }
}
