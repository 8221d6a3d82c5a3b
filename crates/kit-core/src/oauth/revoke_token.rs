use std::borrow::Cow;

use http::Method;
use serde::Serialize;

use super::{AccessToken, App, RefreshToken};
use crate::{Endpoint, Error};

/// `POST /v4/oauth/revoke`: ends a token (RFC 7009).
///
/// That a token is not there any more is a success, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RevokeToken {
    #[serde(flatten)]
    app: App,
    token: AccessToken,
}

impl RevokeToken {
    /// Ends an access token.
    pub fn access(app: &App, token: impl Into<AccessToken>) -> Self {
        Self { app: app.clone(), token: token.into() }
    }

    /// Ends a refresh token.
    pub fn refresh(app: &App, token: impl Into<RefreshToken>) -> Self {
        // The request says nothing of the kind.
        Self::access(app, token.into().secret())
    }
}

impl Endpoint for RevokeToken {
    type Reply = ();
    const METHOD: Method = Method::POST;

    fn path(&self) -> Cow<'static, str> {
        "/v4/oauth/revoke".into()
    }

    /// It is: what has ended stays so.
    fn is_idempotent(&self) -> bool {
        true
    }

    fn is_authenticated(&self) -> bool {
        false
    }

    fn secrets(&self) -> Vec<&str> {
        self.app.secret().into_iter().chain([self.token.secret()]).collect()
    }

    fn body(&self) -> Result<Option<Vec<u8>>, Error> {
        self.app.check()?;
        if self.token.secret().is_empty() {
            return Err(Error::input("token", "is empty"));
        }
        super::write(self).map(Some)
    }

    /// There is nothing to read.
    fn reply(&self, _: &[u8]) -> Result<(), serde_json::Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{json, kit};

    #[test]
    fn the_body_has_the_app_and_the_token() {
        let app = App::confidential("id", "cs");
        for revoke in [RevokeToken::access(&app, "t"), RevokeToken::refresh(&app, "t")] {
            let request = kit().request(&revoke).unwrap();
            assert_eq!(request.uri(), "https://api.kit.com/v4/oauth/revoke");
            assert!(!request.headers().contains_key("x-kit-api-key"));
            let expected =
                serde_json::json!({"client_id": "id", "client_secret": "cs", "token": "t"});
            assert_eq!(json(&request), expected);
            let response = http::Response::builder().status(200).body("{}").unwrap();
            kit().response(&revoke, response).unwrap();
        }
        let error = kit().request(&RevokeToken::access(&app, "")).unwrap_err();
        assert_eq!(error.to_string(), "token: is empty");
    }
}
