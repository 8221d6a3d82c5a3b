use http::Method;
use serde::Serialize;

use super::authorize::check_redirect_uri;
use super::{App, AuthorizationCode, CodeVerifier, TOKEN, Tokens};
use crate::endpoint::{Auth, Endpoint};
use crate::error::{Effect, Error};
use crate::wire::{Body, ReadError, Reply};

/// `POST /v4/oauth/token` with the grant type `authorization_code`: exchanges the authorization code of the
/// callback for the first tokens.
///
/// Any client can send this operation, whatever its credentials, which are not sent: the body names the app.
///
/// # Examples
///
/// ```
/// use kit_core::oauth::{App, ExchangeCode};
///
/// let app = App::confidential("client-id", "client-secret");
/// let exchange = ExchangeCode::new(&app, "code", "https://example.com/callback")?;
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExchangeCode {
    #[serde(flatten)]
    app: App,
    grant_type: &'static str,
    code: AuthorizationCode,
    redirect_uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_verifier: Option<CodeVerifier>,
}

impl ExchangeCode {
    /// Exchanges `code` for the tokens of `app`. `redirect_uri` is the same as in
    /// [`Authorize`](super::Authorize).
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `client_id`, `client_secret` and `code` that are empty, and for a
    /// `redirect_uri` that is not an absolute URI without a fragment.
    pub fn new(
        app: &App,
        code: impl Into<AuthorizationCode>,
        redirect_uri: impl Into<String>,
    ) -> Result<Self, Error> {
        app.check()?;
        let (code, redirect_uri) = (code.into(), redirect_uri.into());
        check_redirect_uri(&redirect_uri)?;
        if code.secret().is_empty() {
            return Err(Error::input("code", "is empty"));
        }
        let app = app.clone();
        let grant_type = "authorization_code";
        Ok(Self { app, grant_type, code, redirect_uri, code_verifier: None })
    }

    /// Sends the verifier that [`Authorize::with_verifier`](super::Authorize::with_verifier) was given.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for a `code_verifier` that RFC 7636, section 4.1, does not allow.
    pub fn with_verifier(mut self, verifier: &CodeVerifier) -> Result<Self, Error> {
        verifier.check()?;
        self.code_verifier = Some(verifier.clone());
        Ok(self)
    }
}

impl Endpoint for ExchangeCode {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = TOKEN;
    /// When an authorization code comes a second time, the server may revoke the tokens that it gave the
    /// first time (RFC 6749, section 4.1.2).
    const EFFECT: Effect = Effect::Creates;
    const AUTH: Auth = Auth::Nobody;
    const HAS_SECRET_REPLY: bool = true;
    type Reply = Tokens;

    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    fn secrets(&self) -> Vec<&str> {
        let verifier = self.code_verifier.as_ref().map(CodeVerifier::secret);
        [Some(self.code.secret()), self.app.secret(), verifier].into_iter().flatten().collect()
    }

    fn reply(&self, reply: Reply<'_>) -> Result<Tokens, ReadError> {
        Tokens::read(reply)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixtures::{json as body_of, kit};

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    #[test]
    fn the_body_has_the_secret_or_the_verifier_or_both() {
        let redirect_uri = "https://example.com/back";
        let exchange = |app: &App| ExchangeCode::new(app, "c", redirect_uri).unwrap();
        let with = |exchange: ExchangeCode| exchange.with_verifier(&VERIFIER.into()).unwrap();
        let (confidential, public) = (App::confidential("id", "cs"), App::public("id"));
        for (exchange, proof) in [
            (exchange(&confidential), json!({"client_secret": "cs"})),
            (with(exchange(&public)), json!({"code_verifier": VERIFIER})),
            (
                with(exchange(&confidential)),
                json!({"client_secret": "cs", "code_verifier": VERIFIER}),
            ),
        ] {
            let request = kit().request(&exchange).unwrap();
            assert_eq!(request.uri(), "https://api.kit.com/v4/oauth/token");
            assert!(!request.headers().contains_key("x-kit-api-key"));
            let mut expected = json!({"client_id": "id", "grant_type": "authorization_code",
                "code": "c", "redirect_uri": redirect_uri});
            expected.as_object_mut().unwrap().extend(proof.as_object().unwrap().clone());
            assert_eq!(body_of(&request), expected);
        }
    }

    #[test]
    fn bad_input_is_an_error_that_names_it() {
        let app = App::public("id");
        for (app, code, uri, field) in [
            (&App::public(""), "c", "https://a.b/", "client_id: "),
            (&app, "", "https://a.b/", "code: "),
            (&app, "c", "back", "redirect_uri: "),
        ] {
            let error = ExchangeCode::new(app, code, uri).unwrap_err().to_string();
            assert!(error.starts_with(field), "{error}");
        }
    }
}
