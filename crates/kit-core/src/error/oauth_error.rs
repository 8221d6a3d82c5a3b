use std::fmt;

use serde_json::{Map, Value};

use crate::secret::Scrub;
use crate::text_enum::text_enum;

/// An OAuth error, as the authorization endpoint and the token endpoint answer it (RFC 6749, sections 4.1.2.1
/// and 5.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OAuthError {
    code: OAuthErrorCode,
    description: Option<String>,
    uri: Option<String>,
}

impl OAuthError {
    pub(crate) fn new(
        code: &str,
        description: Option<String>,
        uri: Option<String>,
        scrub: &Scrub<'_>,
    ) -> Self {
        let text = |text: String| Some(scrub.excerpt(text.as_bytes())).filter(|t| !t.is_empty());
        Self {
            code: OAuthErrorCode::from(scrub.excerpt(code.as_bytes())),
            description: description.and_then(text),
            uri: uri.and_then(text),
        }
    }

    /// Reads the OAuth error in the body of a response, if there is one.
    pub(crate) fn read(body: &[u8], scrub: &Scrub<'_>) -> Option<Self> {
        let mut body: Map<String, Value> = serde_json::from_slice(body).ok()?;
        let mut text = |name| match body.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let code = text("error").filter(|code| !code.is_empty())?;
        Some(Self::new(&code, text("error_description"), text("error_uri"), scrub))
    }

    /// The error code: `error`.
    pub fn code(&self) -> &OAuthErrorCode {
        &self.code
    }

    /// The server's explanation for developers: `error_description`.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The address of a page about the error: `error_uri`.
    pub fn uri(&self) -> Option<&str> {
        self.uri.as_deref()
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code.fmt(f)?;
        self.description.as_ref().map_or(Ok(()), |description| write!(f, ": {description}"))
    }
}

impl std::error::Error for OAuthError {}

text_enum! {
    /// The code of an [`OAuthError`] (RFC 6749, sections 4.1.2.1 and 5.2).
    pub enum OAuthErrorCode {
        /// The user denied the app access, or Kit decided so without asking:
        AccessDenied = "access_denied",
        /// The app is unknown, or its secret is wrong:
        InvalidClient = "invalid_client",
        /// The authorization code or refresh token is wrong, spent, expired, revoked, or another app's:
        InvalidGrant = "invalid_grant",
        /// A parameter is missing, wrong or repeated:
        InvalidRequest = "invalid_request",
        /// The scope is unknown, or wider than the user has allowed:
        InvalidScope = "invalid_scope",
        /// The server met something unexpected:
        ServerError = "server_error",
        /// The server is overloaded, or under maintenance:
        TemporarilyUnavailable = "temporarily_unavailable",
        /// The app may not use this grant type or response type:
        UnauthorizedClient = "unauthorized_client",
        /// The server does not support the grant type:
        UnsupportedGrantType = "unsupported_grant_type",
        /// The server does not support the response type:
        UnsupportedResponseType = "unsupported_response_type",
    } else Other
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Option<OAuthError> {
        OAuthError::read(body.as_bytes(), &Scrub::new(["5ecret"]))
    }

    #[test]
    fn an_error_has_all_that_was_said() {
        let error = read(
            r#"{"error": "invalid_grant", "error_description": "5ecret\nis spent",
                "error_uri": "https://a.b/"}"#,
        )
        .unwrap();
        assert_eq!(*error.code(), OAuthErrorCode::InvalidGrant);
        assert_eq!(error.description(), Some("[redacted] is spent"));
        assert_eq!(error.uri(), Some("https://a.b/"));
        assert_eq!(error.to_string(), "invalid_grant: [redacted] is spent");
    }

    #[test]
    fn an_unknown_code_is_kept() {
        let error = read(r#"{"error": "slow_down", "error_description": 1}"#).unwrap();
        assert_eq!(*error.code(), OAuthErrorCode::Other("slow_down".into()));
        assert_eq!((error.to_string().as_str(), error.description()), ("slow_down", None));
    }

    #[test]
    fn anything_else_is_none() {
        for body in ["", "[]", "null", "{}", r#"{"error": ""}"#, r#"{"error": {}}"#, "<html>"] {
            assert_eq!(read(body), None, "{body}");
        }
    }
}
