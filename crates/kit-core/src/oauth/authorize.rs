use http::Method;
use iri_string::types::{UriAbsoluteStr, UriReferenceStr};

use super::{App, CodeVerifier, State};
use crate::Kit;
use crate::endpoint::{Auth, Endpoint};
use crate::error::{Effect, Error};
use crate::wire::{Query, ReadError, Reply};

/// Kit's consent page, on which the user allows or denies the app access: `GET /v4/oauth/authorize`.
/// [`url`](Self::url) makes its URL, for the user's browser.
///
/// # Examples
///
/// ```
/// use kit_core::oauth::{App, Authorize, CodeVerifier, State};
/// use kit_core::{Credentials, Kit};
///
/// # let (random, more_random) = ([1; 32], [2; 32]);
/// let app = App::public("client-id");
/// let state = State::from_random(random);
/// let verifier = CodeVerifier::from_random(more_random);
/// let url = Authorize::new(&app, "https://example.com/callback", &state)?
///     .with_verifier(&verifier)?
///     .url(&Kit::new(Credentials::none()))?;
/// assert!(url.starts_with("https://api.kit.com/v4/oauth/authorize?client_id=client-id&"));
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorize {
    client_id: String,
    redirect_uri: String,
    state: State,
    scope: Option<String>,
    tenant_name: Option<String>,
    code_challenge: Option<String>,
}

impl Authorize {
    /// The consent page for this app. Kit sends the user back to `redirect_uri`, which has to be registered
    /// for the app, and includes `state`.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `redirect_uri` where it is not an absolute URI without a fragment, for
    /// `client_id` and `client_secret` that are empty, and for an empty `state`.
    pub fn new(app: &App, redirect_uri: impl Into<String>, state: &State) -> Result<Self, Error> {
        app.check()?;
        let redirect_uri = redirect_uri.into();
        check_redirect_uri(&redirect_uri)?;
        if state.secret().is_empty() {
            return Err(Error::input("state", "is empty"));
        }
        Ok(Self {
            client_id: app.client_id().to_owned(),
            redirect_uri,
            state: state.clone(),
            scope: None,
            tenant_name: None,
            code_challenge: None,
        })
    }

    /// Sets the scopes that the app asks for: `read`, `write` or `public`. Default: Kit's own, which is
    /// `public`.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `scope` where a scope is empty or holds a character that RFC 6749, section 3.3,
    /// does not allow.
    pub fn with_scopes<S: AsRef<str>>(
        mut self,
        scopes: impl IntoIterator<Item = S>,
    ) -> Result<Self, Error> {
        let mut all = String::new();
        for scope in scopes {
            let scope = scope.as_ref();
            let allowed = |byte: u8| byte.is_ascii_graphic() && !b"\"\\".contains(&byte);
            if scope.is_empty() || !scope.bytes().all(allowed) {
                return Err(Error::input("scope", "is empty or holds a character not allowed"));
            }
            if !all.is_empty() {
                all.push(' ');
            }
            all.push_str(scope);
        }
        self.scope = (!all.is_empty()).then_some(all);
        Ok(self)
    }

    /// Sets the query parameter `tenant_name`. Default: none.
    #[must_use]
    pub fn with_tenant_name(mut self, name: impl Into<String>) -> Self {
        self.tenant_name = Some(name.into());
        self
    }

    /// Uses PKCE: Kit exchanges the authorization code only together with the verifier, which
    /// [`ExchangeCode::with_verifier`](super::ExchangeCode::with_verifier) sends.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for a `code_verifier` that RFC 7636, section 4.1, does not allow.
    pub fn with_verifier(mut self, verifier: &CodeVerifier) -> Result<Self, Error> {
        verifier.check()?;
        self.code_challenge = Some(verifier.challenge());
        Ok(self)
    }

    /// The URL of the consent page. Give it to the user's browser alone: it holds the state, which is a
    /// secret.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] where the parts make no valid URL.
    pub fn url(&self, kit: &Kit) -> Result<String, Error> {
        kit.url(&Page(self)).map(|url| url.to_string())
    }
}

/// The page as an operation, to make its URL. It is never sent.
struct Page<'a>(&'a Authorize);

impl Endpoint for Page<'_> {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/oauth/authorize";
    const EFFECT: Effect = Effect::Reads;
    const AUTH: Auth = Auth::Nobody;
    type Reply = ();

    fn query(&self, query: &mut Query) {
        let Authorize { client_id, redirect_uri, state, scope, tenant_name, code_challenge } =
            self.0;
        query
            .pair("client_id", client_id)
            .pair("response_type", "code")
            .pair("redirect_uri", redirect_uri)
            .pair("state", state.secret())
            .optional("scope", scope.as_ref())
            .optional("tenant_name", tenant_name.as_ref());
        if let Some(challenge) = code_challenge {
            query.pair("code_challenge", challenge).pair("code_challenge_method", "S256");
        }
    }

    fn reply(&self, reply: Reply<'_>) -> Result<(), ReadError> {
        reply.nothing()
    }
}

/// RFC 6749, section 3.1.2: an absolute URI without a fragment. Apps on a device have schemes of their
/// own.
pub(super) fn check_redirect_uri(uri: &str) -> Result<(), Error> {
    let reason = if uri.is_empty() {
        "is empty"
    } else if uri.contains('#') {
        "has a fragment"
    } else if UriReferenceStr::new(uri).is_err() {
        "holds a character that has to be percent-encoded"
    } else if UriAbsoluteStr::new(uri).is_err() {
        "is not an absolute URI: it must begin with a scheme, such as https://"
    } else {
        return Ok(());
    };
    Err(Error::input("redirect_uri", reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::kit;

    fn authorize(redirect_uri: &str) -> Result<Authorize, Error> {
        Authorize::new(&App::public("the id"), redirect_uri, &State::new("s&t"))
    }

    #[test]
    fn the_url_has_what_was_asked_for() {
        let authorize = authorize("https://example.com/back?a=b").unwrap();
        let begin = "https://api.kit.com/v4/oauth/authorize?client_id=the%20id&response_type=code\
            &redirect_uri=https%3A%2F%2Fexample.com%2Fback%3Fa%3Db&state=s%26t";
        assert_eq!(authorize.url(&kit()).unwrap(), begin);

        let verifier = CodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let authorize = authorize.with_scopes(["read", "write"]).unwrap().with_tenant_name("A B");
        let url = authorize.with_verifier(&verifier).unwrap().url(&kit()).unwrap();
        let end = "&scope=read%20write&tenant_name=A%20B\
            &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
        assert_eq!(url, format!("{begin}{end}"));
    }

    #[test]
    fn the_consent_page_is_below_the_base_url() {
        let kit = kit().with_base_url("http://127.0.0.1:4010/kit").unwrap();
        let url = authorize("myapp://back").unwrap().url(&kit).unwrap();
        assert!(url.starts_with("http://127.0.0.1:4010/kit/v4/oauth/authorize?"), "{url}");
        // Or where the application says.
        let kit = kit.with_oauth_urls(super::super::OAuthUrls::published());
        let url = authorize("myapp://back").unwrap().url(&kit).unwrap();
        assert!(
            url.starts_with("https://app.kit.com/oauth/authorize?client_id=the%20id&"),
            "{url}"
        );
    }

    #[test]
    fn bad_input_is_an_error_that_names_it() {
        for (bad, reason) in [
            ("", "is empty"),
            ("/callback", "is not an absolute URI"),
            ("example.com/callback", "is not an absolute URI"),
            ("https://example.com/#top", "has a fragment"),
            ("https://example.com/a b", "holds a character"),
            ("https://example.com/\u{e4}", "holds a character"),
        ] {
            let error = authorize(bad).unwrap_err().to_string();
            assert!(error.starts_with(&format!("redirect_uri: {reason}")), "{bad}: {error}");
        }
        for bad in [vec![""], vec!["read write"], vec!["read", "\""], vec!["\u{e9}"]] {
            let error = authorize("https://a.b/").unwrap().with_scopes(bad).unwrap_err();
            assert!(error.to_string().starts_with("scope: "), "{error}");
        }
        let uri = "https://a.b/";
        let state = State::new("state");
        for (app, field) in
            [(App::public(""), "client_id: "), (App::confidential("id", ""), "client_secret: ")]
        {
            let error = Authorize::new(&app, uri, &state).unwrap_err().to_string();
            assert!(error.starts_with(field), "{error}");
        }
        let error = Authorize::new(&App::public("id"), uri, &State::new("")).unwrap_err();
        assert_eq!(error.to_string(), "state: is empty");
        let error = authorize(uri).unwrap().with_verifier(&CodeVerifier::new("a")).unwrap_err();
        assert!(error.to_string().starts_with("code_verifier: "), "{error}");
    }
}
