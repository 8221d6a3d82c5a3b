//! Requests without their secrets, for whoever looks at them.

use http::{HeaderName, Uri, header};

/// The text in place of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// Whether all of what is sent to this path, and what is answered, may be a secret: codes and tokens.
pub(crate) fn is_of_oauth(uri: &Uri) -> bool {
    uri.path().contains("/oauth/")
}

/// The query of a request.
pub(crate) fn query(uri: &Uri) -> Option<String> {
    let query = uri.query()?;
    if is_of_oauth(uri) {
        return Some(REDACTED.to_owned());
    }
    let parameter = |part: &str| match part.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}={REDACTED}"),
        _ => part.to_owned(),
    };
    Some(query.split('&').map(parameter).collect::<Vec<_>>().join("&"))
}

/// Whether a parameter of this name is a secret, as those of other APIs of Kit were.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["secret", "token", "api_key", "password"].iter().any(|word| name.contains(word))
}

/// Whether a header is a credential.
pub(crate) fn is_credential(name: &HeaderName) -> bool {
    [header::AUTHORIZATION, header::PROXY_AUTHORIZATION, header::COOKIE, header::SET_COOKIE]
        .contains(name)
        || name.as_str() == "x-kit-api-key"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_a_query_are_not_shown() {
        let query = |uri: &str| query(&uri.parse().unwrap());
        assert_eq!(query("/v4/tags"), None);
        assert_eq!(query("/v4/tags?after=a&per_page=2").as_deref(), Some("after=a&per_page=2"));
        assert_eq!(query("/v4/oauth/token?code=5ecret").as_deref(), Some(REDACTED));
        for name in ["api_secret", "access_token", "API_KEY", "password", "client_secret"] {
            let shown = query(&format!("/v4/tags?a=b&{name}=5ecret&c"));
            assert_eq!(shown, Some(format!("a=b&{name}={REDACTED}&c")));
        }
    }
}
