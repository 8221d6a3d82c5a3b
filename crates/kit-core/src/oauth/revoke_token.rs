use http::Method;

use super::{AccessToken, App, RefreshToken, Tokens};
use crate::endpoint::{Auth, Endpoint};
use crate::error::{Applied, Effect, Error, Operation, SessionError};
use crate::wire::{Body, Query, ReadError, Reply};

/// `POST /v4/oauth/revoke`: revokes a token, and with it the app's access to the account (RFC 7009).
///
/// Kit answers a success, too, where the token is unknown, has expired or was revoked before. A confidential
/// app has to send its secret.
///
/// Source: Kit's API v4, "Authentication".
///
/// # Examples
///
/// ```
/// use kit_core::oauth::{App, RevokeToken};
///
/// let app = App::confidential("client-id", "client-secret");
/// let revoke = RevokeToken::refresh(&app, "refresh-token");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokeToken {
    app: App,
    token: AccessToken,
    hint: &'static str,
}

impl RevokeToken {
    /// Revokes the refresh token; the access token where there is none.
    pub fn of(app: &App, tokens: &Tokens) -> Self {
        match &tokens.refresh_token {
            Some(token) => Self::refresh(app, token.clone()),
            None => Self::access(app, tokens.access_token.clone()),
        }
    }

    /// The error of a session that could not be ended, since its store failed.
    pub fn not_sent(failure: SessionError) -> Error {
        let operation =
            Operation { method: Self::METHOD, path: Self::PATH.into(), effect: Self::EFFECT };
        Error::Session { operation, failure, rejection: None, earlier: Applied::No }
    }

    /// Revokes an access token.
    pub fn access(app: &App, token: impl Into<AccessToken>) -> Self {
        Self { app: app.clone(), token: token.into(), hint: "access_token" }
    }

    /// Revokes a refresh token.
    pub fn refresh(app: &App, token: impl Into<RefreshToken>) -> Self {
        let token = token.into().secret().into();
        Self { app: app.clone(), token, hint: "refresh_token" }
    }
}

impl Endpoint for RevokeToken {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/oauth/revoke";
    /// A token that is revoked twice is revoked all the same.
    const EFFECT: Effect = Effect::Repeatable;
    const AUTH: Auth = Auth::Nobody;
    type Reply = ();

    fn check(&self) -> Result<(), Error> {
        self.app.check()?;
        if self.token.secret().is_empty() {
            return Err(Error::input("token", "is empty"));
        }
        Ok(())
    }

    fn body(&self) -> Result<Body, Error> {
        let mut form = Query::default();
        form.pair("client_id", self.app.client_id())
            .optional("client_secret", self.app.secret())
            .pair("token", self.token.secret())
            .pair("token_type_hint", self.hint);
        Ok(Body::form(form))
    }

    fn secrets(&self) -> Vec<&str> {
        self.app.secret().into_iter().chain([self.token.secret()]).collect()
    }

    fn reply(&self, reply: Reply<'_>) -> Result<(), ReadError> {
        reply.nothing()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::kit;

    #[test]
    fn the_form_has_the_app_and_the_token() {
        let app = App::confidential("the id", "c&s");
        for (revoke, hint) in [
            (RevokeToken::access(&app, "t"), "access_token"),
            (RevokeToken::refresh(&app, "t"), "refresh_token"),
        ] {
            let request = kit().request(&revoke).unwrap();
            assert_eq!(request.uri(), "https://api.kit.com/v4/oauth/revoke");
            assert!(!request.headers().contains_key("x-kit-api-key"));
            let content_type = &request.headers()["content-type"];
            assert_eq!(content_type, "application/x-www-form-urlencoded");
            let form =
                format!("client_id=the%20id&client_secret=c%26s&token=t&token_type_hint={hint}");
            assert_eq!(String::from_utf8_lossy(request.body()), form);
            // Documented is an empty body.
            for body in ["", "{}"] {
                let response = http::Response::builder().status(200).body(body).unwrap();
                kit().response(&revoke, response).unwrap();
            }
        }
        let public = kit().request(&RevokeToken::access(&App::public("id"), "t")).unwrap();
        assert!(!String::from_utf8_lossy(public.body()).contains("client_secret"));
        let error = kit().request(&RevokeToken::access(&app, "")).unwrap_err();
        assert_eq!(error.to_string(), "token: is empty");
    }
}
