use std::fmt;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use zeroize::Zeroizing;

use crate::Error;

const API_KEY: HeaderName = HeaderName::from_static("x-kit-api-key");
const BEARER: &[u8] = b"Bearer ";

/// An API key or an access token: as whom to talk to Kit.
///
/// The secret is never printed, is marked sensitive in the header that carries it, and its memory
/// is wiped when the last copy, requests included, is dropped. (What a transport has written to a
/// socket has gone through buffers of its own.)
///
/// A key that cannot be sent (empty, or anything but printable ASCII) is refused by
/// [`Kit::request`](crate::Kit::request), before anything is sent.
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
pub struct Credentials {
    scheme: Scheme,
    value: Result<HeaderValue, &'static str>,
}

#[derive(Clone, Copy, Debug)]
enum Scheme {
    ApiKey,
    AccessToken,
}

impl Credentials {
    /// An API key: one account, for simple tools. Sent as `X-Kit-Api-Key`.
    ///
    /// Kit does not take API keys for bulk and purchase operations.
    pub fn api_key(key: impl Into<String>) -> Self {
        let key = Zeroizing::new(key.into().into_bytes());
        Self { scheme: Scheme::ApiKey, value: check(&key).and_then(|()| sensitive(key)) }
    }

    /// An OAuth 2.0 access token. Sent as `Authorization: Bearer`.
    pub fn access_token(token: impl Into<String>) -> Self {
        let token = Zeroizing::new(token.into().into_bytes());
        let mut bearer = Zeroizing::new(Vec::with_capacity(BEARER.len() + token.len()));
        bearer.extend_from_slice(BEARER);
        bearer.extend_from_slice(&token);
        Self { scheme: Scheme::AccessToken, value: check(&token).and_then(|()| sensitive(bearer)) }
    }

    /// How many requests Kit allows them in any 60 seconds: 120 for an API key, 600 for an access token.
    ///
    /// Source: Kit's API v4, "Rate limits".
    pub fn rate_limit(&self) -> u32 {
        match self.scheme {
            Scheme::ApiKey => 120,
            Scheme::AccessToken => 600,
        }
    }

    /// The header that carries the credential.
    pub(crate) fn header(&self) -> Result<(HeaderName, HeaderValue), Error> {
        let (name, field) = match self.scheme {
            Scheme::ApiKey => (API_KEY, "api_key"),
            Scheme::AccessToken => (AUTHORIZATION, "access_token"),
        };
        match &self.value {
            Ok(value) => Ok((name, value.clone())),
            Err(reason) => Err(Error::input(field, *reason)),
        }
    }

    /// The secret alone, to be looked for in texts that must not show it. Empty if it is not
    /// usable.
    pub(crate) fn secret(&self) -> &str {
        let value = self.value.as_ref().ok().and_then(|value| value.to_str().ok());
        let value = value.unwrap_or_default();
        match self.scheme {
            Scheme::ApiKey => value,
            Scheme::AccessToken => value.strip_prefix("Bearer ").unwrap_or_default(),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}([redacted])", self.scheme)
    }
}

/// What a header can carry without quoting: visible ASCII.
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
    fn what_a_header_cannot_carry_is_refused_by_name() {
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
        assert_eq!(Credentials::api_key("kit_0123").secret(), "kit_0123");
        assert_eq!(Credentials::access_token("abc").secret(), "abc");
        assert_eq!(Credentials::access_token("").secret(), "");
    }
}
