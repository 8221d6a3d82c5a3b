use http::Method;
use serde::Serialize;

use super::{App, RefreshToken, TOKEN, Tokens};
use crate::endpoint::{Auth, Endpoint};
use crate::error::{Effect, Error};
use crate::wire::{Body, ReadError, Reply};

/// `POST /v4/oauth/token` with the grant type `refresh_token`: spends a refresh token for new tokens.
///
/// A [`Session`](super::Session) sends this operation when it is time, and keeps the new tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefreshTokens {
    #[serde(flatten)]
    app: App,
    grant_type: &'static str,
    refresh_token: RefreshToken,
}

impl RefreshTokens {
    /// Spends `refresh_token`, the last one that `app` got, for new tokens.
    pub fn new(app: &App, refresh_token: impl Into<RefreshToken>) -> Self {
        let (app, refresh_token) = (app.clone(), refresh_token.into());
        Self { app, grant_type: "refresh_token", refresh_token }
    }

    pub(super) fn refresh_token(&self) -> &RefreshToken {
        &self.refresh_token
    }
}

impl Endpoint for RefreshTokens {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = TOKEN;
    /// If the first response is lost, a second request gets new tokens or is refused; without it, the
    /// session is lost for sure.
    const EFFECT: Effect = Effect::Repeatable;
    const AUTH: Auth = Auth::Nobody;
    const HAS_SECRET_REPLY: bool = true;
    type Reply = Tokens;

    fn check(&self) -> Result<(), Error> {
        self.app.check()?;
        if self.refresh_token.secret().is_empty() {
            return Err(Error::input("refresh_token", "is empty"));
        }
        Ok(())
    }

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    fn secrets(&self) -> Vec<&str> {
        self.app.secret().into_iter().chain([self.refresh_token.secret()]).collect()
    }

    fn reply(&self, reply: Reply<'_>) -> Result<Tokens, ReadError> {
        Tokens::read(reply)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{json, kit};

    #[test]
    fn the_app_says_in_the_body_who_it_is() {
        for (app, secret) in [
            (App::confidential("id", "cs"), serde_json::json!({"client_secret": "cs"})),
            (App::public("id"), serde_json::json!({})),
        ] {
            let request = kit().request(&RefreshTokens::new(&app, "r")).unwrap();
            assert_eq!(request.uri(), "https://api.kit.com/v4/oauth/token");
            assert!(!request.headers().contains_key("x-kit-api-key"));
            let mut expected = serde_json::json!({
                "client_id": "id", "grant_type": "refresh_token", "refresh_token": "r",
            });
            expected.as_object_mut().unwrap().extend(secret.as_object().unwrap().clone());
            assert_eq!(json(&request), expected);
        }
    }

    #[test]
    fn bad_input_is_an_error_that_names_it() {
        for (app, token, message) in [
            (App::public(""), "r", "client_id: is empty"),
            (App::confidential("id", ""), "r", "client_secret: is empty"),
            (App::public("id"), "", "refresh_token: is empty"),
        ] {
            let error = kit().request(&RefreshTokens::new(&app, token)).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }

    #[test]
    fn an_unreadable_reply_shows_no_token() {
        let refresh = RefreshTokens::new(&App::public("id"), "r");
        for body in [
            r#"{"access_token": "5ecret"#,
            r#"{"access_token": ["5ecret"]}"#,
            r#"{"access_token": "5ecret", "token_type": "5ecret"}"#,
            "5ecret",
        ] {
            let response = http::Response::builder().status(200).body(body).unwrap();
            let error = kit().response(&refresh, response).unwrap_err();
            assert!(matches!(error, Error::Reply(_)));
            assert!(!format!("{error} {error:?}").contains("5ecret"), "{error:?}");
        }
    }

    /// Not even as the name of a field.
    #[test]
    fn an_unreadable_reply_shows_no_token_that_was_sent() {
        let refresh = RefreshTokens::new(&App::public("id"), "r5ecret_token");
        let body = r#"{"token_type": {"the_r5ecret_token": 1}, "access_token": "a"}"#;
        let response = http::Response::builder().status(200).body(body).unwrap();
        let error = kit().response(&refresh, response).unwrap_err();
        assert!(matches!(error, Error::Reply(_)));
        assert!(!format!("{error} {error:?}").contains("5ecret"), "{error:?}");
    }

    #[test]
    fn a_refusal_is_typed_and_does_not_repeat_the_secrets() {
        let refresh =
            RefreshTokens::new(&App::confidential("id", "c5ecret-of-app"), "r5ecret-token");
        let body =
            r#"{"error": "invalid_grant", "error_description": "r5ecret-token of c5ecret-of-app"}"#;
        let response = http::Response::builder().status(400).body(body).unwrap();
        let error = kit().response(&refresh, response).unwrap_err();
        assert_eq!(
            error.to_string(),
            "POST /v4/oauth/token: 400 Bad Request: invalid_grant: [redacted] of [redacted]"
        );
        assert!(!format!("{error:?}").contains("5ecret"), "{error:?}");
    }
}
