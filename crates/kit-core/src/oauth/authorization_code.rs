use std::fmt;

use percent_encoding::percent_decode_str;

use super::{OAuthError, State};
use crate::secret::Scrub;
use crate::secret::secrets;

secrets! {
    /// An authorization code: Kit puts it into the callback, and the app exchanges it for the first tokens,
    /// once.
    AuthorizationCode,
}

/// Why a callback has no authorization code for the app.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallbackError {
    /// The callback has no `state`, or another than the app sent: it does not belong to the app's request.
    /// Trust nothing in the callback.
    State,
    /// The callback has an `error`: the user denied the app access, for example.
    Denied(OAuthError),
    /// The callback has neither a `code` nor an `error`.
    NoCode,
    /// The callback has the parameter of this name twice, which RFC 6749, section 3.1, forbids.
    Repeated(&'static str),
}

impl fmt::Display for CallbackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State => f.write_str("the callback's state is not that of the request"),
            Self::Denied(error) => write!(f, "denied: {error}"),
            Self::NoCode => f.write_str("the callback has no code"),
            Self::Repeated(name) => write!(f, "the callback has the parameter {name} twice"),
        }
    }
}

impl std::error::Error for CallbackError {}

impl AuthorizationCode {
    /// Reads the callback: the URL to which Kit sent the user back, or the query of that URL alone.
    /// `expected` is the state that the app put into [`Authorize`](super::Authorize).
    ///
    /// # Errors
    ///
    /// [`CallbackError`]. The state is compared first, in constant time: where it differs, the error tells
    /// nothing else about the callback.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_core::oauth::{AuthorizationCode, CallbackError, OAuthErrorCode, State};
    ///
    /// let state = State::new("1f3a");
    /// let code = AuthorizationCode::from_callback("/callback?code=9b7e&state=1f3a", &state)?;
    /// assert_eq!(code.secret(), "9b7e");
    ///
    /// let denied = AuthorizationCode::from_callback("error=access_denied&state=1f3a", &state);
    /// let Err(CallbackError::Denied(error)) = denied else { panic!() };
    /// assert_eq!(*error.code(), OAuthErrorCode::AccessDenied);
    /// # Ok::<(), CallbackError>(())
    /// ```
    pub fn from_callback(url: &str, expected: &State) -> Result<Self, CallbackError> {
        let url = url.split('#').next().unwrap_or_default();
        let query = match url.split_once('?') {
            // In a bare query, a question mark may stand in a value.
            Some((before, _)) if !is_url(before) && before.contains(['=', '&']) => url,
            Some((_, query)) => query,
            None => url,
        };
        let mut parameters = Parameters::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            parameters.take(&decoded(name), decoded(value));
        }
        let Parameters { code, state, error, error_description, error_uri, repeated } = parameters;
        // An empty one is none: everybody could guess it.
        let is_ours = state.map(State::new).as_ref() == Some(expected);
        if !is_ours || expected.secret().is_empty() || repeated == Some("state") {
            return Err(CallbackError::State);
        }
        if let Some(name) = repeated {
            return Err(CallbackError::Repeated(name));
        }
        if let Some(error) = error {
            let scrub = Scrub::new([expected.secret()]);
            let error = OAuthError::new(&error, error_description, error_uri, &scrub);
            return Err(CallbackError::Denied(error));
        }
        code.filter(|code| !code.is_empty()).map(Self::new).ok_or(CallbackError::NoCode)
    }
}

/// A name or a value of a query, as forms are encoded: a plus is a space.
fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// Whether this begins as an absolute URL does, or as the path of one.
fn is_url(text: &str) -> bool {
    let is_of_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    text.starts_with('/')
        || text.split_once("://").is_some_and(|(scheme, _)| scheme.chars().all(is_of_scheme))
}

#[derive(Default)]
struct Parameters {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
    error_uri: Option<String>,
    /// The name of a parameter that came twice: `state`, if that did.
    repeated: Option<&'static str>,
}

impl Parameters {
    fn take(&mut self, name: &str, value: String) {
        let (name, parameter) = match name {
            "code" => ("code", &mut self.code),
            "state" => ("state", &mut self.state),
            "error" => ("error", &mut self.error),
            "error_description" => ("error_description", &mut self.error_description),
            "error_uri" => ("error_uri", &mut self.error_uri),
            _ => return,
        };
        if parameter.replace(value).is_some() && self.repeated != Some("state") {
            self.repeated = Some(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::OAuthErrorCode;

    fn read(url: &str) -> Result<String, CallbackError> {
        let state = State::new("s+t =");
        AuthorizationCode::from_callback(url, &state).map(|code| code.secret().to_owned())
    }

    #[test]
    fn the_code_is_read_from_a_url_and_from_a_query() {
        for url in [
            "https://example.com/back?code=a%2Bb&state=s%2Bt+%3D",
            "/back?more=1&state=s%2Bt%20%3D&code=a%2Bb#top",
            "code=a%2Bb&state=s%2Bt+%3D",
            "?code=a%2Bb&state=s%2Bt+%3D",
            // Question marks in values, and what looks like a query in a path.
            "error_uri=https://a.b/?c&code=a%2Bb&state=s%2Bt+%3D",
            "https://a.b/back?to=/a?b&code=a%2Bb&state=s%2Bt+%3D",
            "https://a.b/back;v=1?code=a%2Bb&state=s%2Bt+%3D",
            "/back/tenant=a&b?code=a%2Bb&state=s%2Bt+%3D",
        ] {
            assert_eq!(read(url), Ok("a+b".to_owned()), "{url}");
        }
    }

    #[test]
    fn a_callback_of_somebody_elses_is_refused() {
        for url in [
            "",
            "/back",
            "code=a",
            "code=a&state=",
            "code=a&state=s%2Bt+",
            "error=access_denied&state=other",
        ] {
            assert_eq!(read(url), Err(CallbackError::State), "{url}");
        }
    }

    #[test]
    fn no_callback_fits_a_state_that_is_empty() {
        for url in ["code=a&state=", "code=a", "code=a&state=b"] {
            let error = AuthorizationCode::from_callback(url, &State::new("")).unwrap_err();
            assert_eq!(error, CallbackError::State, "{url}");
        }
    }

    #[test]
    fn a_denial_is_typed() {
        let url = "error=access_denied&error_description=No%0Aentry&error_uri=https://a.b/\
            &state=s%2Bt+%3D";
        let Err(CallbackError::Denied(error)) = read(url) else { panic!("not denied") };
        assert_eq!(*error.code(), OAuthErrorCode::AccessDenied);
        assert_eq!(error.description(), Some("No entry"));
        assert_eq!(error.uri(), Some("https://a.b/"));
        let error = read("error=odd&state=s%2Bt+%3D").unwrap_err();
        assert_eq!(error.to_string(), "denied: odd");
    }

    #[test]
    fn a_missing_or_repeated_parameter_is_named() {
        assert_eq!(read("state=s%2Bt+%3D"), Err(CallbackError::NoCode));
        assert_eq!(read("state=s%2Bt+%3D&code="), Err(CallbackError::NoCode));
        let repeated = "state=s%2Bt+%3D&code=a&code=b";
        assert_eq!(read(repeated), Err(CallbackError::Repeated("code")));
        // Nothing is told of a callback that is not ours.
        assert_eq!(read("state=1&code=a&code=b"), Err(CallbackError::State));
        let twice = "state=s%2Bt+%3D&state=s%2Bt+%3D&code=a&code=b";
        assert_eq!(read(twice), Err(CallbackError::State));
    }
}
