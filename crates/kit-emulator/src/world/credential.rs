use http::{HeaderMap, header};

/// The credential of a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Credential {
    ApiKey(String),
    AccessToken(String),
}

impl Credential {
    /// Reads the credential. `None` unless the request has exactly one.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut keys = headers.get_all("x-kit-api-key").iter();
        let mut tokens = headers.get_all(header::AUTHORIZATION).iter();
        match (keys.next(), tokens.next(), keys.next(), tokens.next()) {
            (Some(key), None, None, None) => {
                let key = key.to_str().ok()?;
                (!key.trim().is_empty()).then(|| Self::ApiKey(key.to_owned()))
            }
            (None, Some(token), None, None) => {
                let (scheme, token) = token.to_str().ok()?.split_once(' ')?;
                let is_bearer = scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty();
                is_bearer.then(|| Self::AccessToken(token.to_owned()))
            }
            _ => None,
        }
    }

    /// How many requests are let through in any 60 seconds.
    pub(super) fn budget(&self) -> usize {
        match self {
            Self::ApiKey(_) => 120,
            Self::AccessToken(_) => 600,
        }
    }
}
