use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{AccessToken, RefreshToken};
use crate::wire::{ReadError, Reply};

/// The reply of the token endpoint: an access token, and mostly a refresh token (RFC 6749, section 5.1).
///
/// Source: Kit's API v4, "Authentication".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tokens {
    /// The access token, which authenticates requests.
    pub access_token: AccessToken,
    /// The refresh token, which is spent for the next tokens. `None`: when the access token expires, the user
    /// has to authorize the app again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<RefreshToken>,
    /// How long the access token lasts, in seconds. Kit's examples have 172800 (two days) for a code, and 7200
    /// (two hours) for a refresh token. From 10⁹ on, the value is a moment in Unix seconds: Kit was seen to send one
    /// (1790259200).
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "seconds")]
    pub expires_in: Option<u64>,
    /// The scopes of the access token, with spaces between.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    pub scope: Option<String>,
    /// When Kit made the access token, in Unix seconds by Kit's clock.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "seconds")]
    pub created_at: Option<u64>,
}

impl Tokens {
    /// Tokens with this access token alone, which your program has from elsewhere.
    pub fn new(access_token: impl Into<AccessToken>) -> Self {
        Self {
            access_token: access_token.into(),
            refresh_token: None,
            expires_in: None,
            scope: None,
            created_at: None,
        }
    }

    /// Sets the refresh token.
    #[must_use]
    pub fn with_refresh_token(mut self, refresh_token: impl Into<RefreshToken>) -> Self {
        self.refresh_token = Some(refresh_token.into());
        self
    }

    /// Sets how long the access token lasts, in seconds from now on. Default: not known, so that the access
    /// token is renewed only when Kit rejects it.
    #[must_use]
    pub fn with_expires_in(mut self, seconds: u64) -> Self {
        self.expires_in = Some(seconds);
        self
    }

    /// How long they are at most as JSON, in bytes, but for numbers and names.
    pub(super) fn longest_json(&self) -> usize {
        let texts = [
            Some(self.access_token.secret()),
            self.refresh_token.as_ref().map(RefreshToken::secret),
            self.scope.as_deref(),
        ];
        // A control character is six letters.
        texts.into_iter().flatten().map(|text| 6 * text.len()).sum()
    }

    /// Reads the reply of the token endpoint.
    pub(super) fn read(reply: Reply<'_>) -> Result<Self, ReadError> {
        #[derive(Deserialize)]
        struct Reply {
            #[serde(default)]
            token_type: Option<String>,
            #[serde(flatten)]
            tokens: Tokens,
        }
        let Reply { token_type, tokens } = reply.json()?;
        let is_bearer = token_type.is_none_or(|name| name.eq_ignore_ascii_case("bearer"));
        if !is_bearer {
            return Err(ReadError::wrong_shape("token_type is not Bearer"));
        }
        if tokens.access_token.secret().is_empty() {
            return Err(ReadError::wrong_shape("access_token is empty"));
        }
        Ok(tokens)
    }
}

/// A text. Anything else counts as none, for the same reason as in [`seconds`].
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        _ => None,
    })
}

/// A whole number of seconds, as a number or as text. Anything else counts as none: it is no reason to lose
/// the tokens in the same reply.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    let whole = |number: f64| (number >= 0.0).then_some(number as u64);
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_u64().or_else(|| number.as_f64().and_then(whole)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::*;

    fn read(body: &[u8]) -> Result<Tokens, ReadError> {
        Tokens::read(Reply::new(StatusCode::OK, &HeaderMap::new(), body))
    }

    #[test]
    fn the_documented_reply_is_read() {
        let tokens = read(
            br#"{"access_token": "a", "token_type": "Bearer", "expires_in": 172800,
                "refresh_token": "r", "scope": "public", "created_at": 1710271006, "more": {}}"#,
        )
        .unwrap();
        let expected = Tokens {
            scope: Some("public".into()),
            created_at: Some(1_710_271_006),
            ..Tokens::new("a").with_refresh_token("r").with_expires_in(172_800)
        };
        assert_eq!(tokens, expected);
    }

    #[test]
    fn the_rest_may_be_missing_or_odd() {
        for body in [
            r#"{"access_token": "a"}"#,
            r#"{"access_token": "a", "token_type": "bearer", "expires_in": null, "scope": null}"#,
            r#"{"access_token": "a", "expires_in": -1, "refresh_token": null}"#,
            r#"{"access_token": "a", "expires_in": "soon", "scope": ["read"]}"#,
        ] {
            assert_eq!(read(body.as_bytes()).unwrap(), Tokens::new("a"), "{body}");
        }
        for (written, seconds) in [("\"60\"", 60), ("60.5", 60), ("1e300", u64::MAX)] {
            let body = format!(r#"{{"access_token": "a", "expires_in": {written}}}"#);
            assert_eq!(read(body.as_bytes()).unwrap().expires_in, Some(seconds), "{written}");
        }
    }

    #[test]
    fn without_a_bearer_token_there_is_nothing_to_use() {
        for body in [
            "{}",
            r#"{"access_token": ""}"#,
            r#"{"access_token": null}"#,
            r#"{"access_token": "a", "token_type": "mac"}"#,
        ] {
            assert!(read(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn a_written_value_is_read_again() {
        let tokens = Tokens::new("a").with_refresh_token("r").with_expires_in(9);
        let json = serde_json::to_string(&tokens).unwrap();
        assert_eq!(serde_json::from_str::<Tokens>(&json).unwrap(), tokens);
        assert!(!format!("{tokens:?}").contains("\"a\""), "{tokens:?}");
    }
}
