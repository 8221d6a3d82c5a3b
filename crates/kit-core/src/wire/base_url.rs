use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::net::IpAddr;

use bytes::Bytes;
use http::Uri;
use http::uri::{Authority, Parts, PathAndQuery, Scheme};

use super::{Query, http_url};
use crate::Error;

/// Whether a credential may be sent without TLS to another machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plaintext {
    Refused,
    Allowed,
}

/// The URL that the paths of operations are appended to: scheme, host, and perhaps the path of a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
    /// Empty, or `/` and more, without a `/` at its end.
    prefix: Box<str>,
}

impl BaseUrl {
    /// <https://api.kit.com>
    pub(crate) fn kit() -> Self {
        Self::https("api.kit.com", "")
    }

    /// A URL that is known to be valid.
    pub(crate) fn https(host: &'static str, path: &str) -> Self {
        let authority = Authority::from_static(host);
        Self { scheme: Scheme::HTTPS, authority, prefix: path.into() }
    }

    /// Reads a URL. `field` is the name that errors give it.
    pub(crate) fn parse(
        field: &'static str,
        url: &str,
        plaintext: Plaintext,
    ) -> Result<Self, Error> {
        let bad = |reason: &'static str| Error::input(field, reason);
        http_url::check(url).map_err(bad)?;
        // `Uri` drops a fragment without a word.
        if url.contains('#') {
            return Err(bad("has a fragment"));
        }
        let uri: Uri = url.parse().map_err(|error: http::uri::InvalidUri| {
            Error::input(field, format!("cannot be requested: {error}"))
        })?;
        if uri.query().is_some() {
            return Err(bad("has a query"));
        }
        let prefix = uri.path().trim_end_matches('/').into();
        let Parts { scheme: Some(scheme), authority: Some(authority), .. } = uri.into_parts()
        else {
            return Err(bad("is not an absolute URL"));
        };
        if authority.as_str().contains('@') {
            return Err(bad("has a user name: credentials do not belong in a URL"));
        }
        let is_safe = scheme == Scheme::HTTPS || is_loopback(authority.host());
        if !is_safe && plaintext == Plaintext::Refused {
            return Err(bad(
                "begins with http://, and its host is not this machine: the credential would be sent in \
                 the clear. Use https://, or allow it: `plaintext_base_url`, `OAuthUrls::plaintext`",
            ));
        }
        Ok(Self { scheme, authority, prefix })
    }

    pub(crate) fn is_https(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// The host, without brackets around an address.
    pub(crate) fn host(&self) -> &str {
        self.authority.host().trim_start_matches('[').trim_end_matches(']')
    }

    /// The URL of a path below this one, with what `query` adds.
    pub(crate) fn join(
        &self,
        path: Cow<'static, str>,
        query: impl FnOnce(&mut Query),
    ) -> Result<Uri, Error> {
        if !path.starts_with('/') {
            return Err(Error::input("path", "does not begin with /"));
        }
        if let Some(bad) = path.bytes().find(|byte| matches!(byte, b'?' | b'#' | b'{' | b'}')) {
            let is_parameter = matches!(bad, b'{' | b'}');
            let not_filled_in = "has a parameter that is not filled in";
            let reason = if is_parameter { not_filled_in } else { "has a query or a fragment" };
            return Err(Error::input("path", reason));
        }
        let path =
            if self.prefix.is_empty() { path } else { format!("{}{path}", self.prefix).into() };
        self.with_target(path, query)
    }

    /// This URL itself, with what `query` adds.
    pub(crate) fn with_query(&self, query: impl FnOnce(&mut Query)) -> Result<Uri, Error> {
        let path = if self.prefix.is_empty() { "/".into() } else { self.prefix.to_string().into() };
        self.with_target(path, query)
    }

    fn with_target(
        &self,
        path: Cow<'static, str>,
        query: impl FnOnce(&mut Query),
    ) -> Result<Uri, Error> {
        let mut target = Query::behind(path);
        query(&mut target);
        let target = match target.into_target() {
            Cow::Borrowed(target) => Bytes::from_static(target.as_bytes()),
            Cow::Owned(target) => target.into(),
        };
        let unusable = |error: &dyn fmt::Display| {
            Error::input("path", format!("cannot be requested: {error}"))
        };
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query =
            Some(PathAndQuery::from_maybe_shared(target).map_err(|error| unusable(&error))?);
        Uri::from_parts(parts).map_err(|error| unusable(&error))
    }
}

/// Whether the host is this machine: a loopback address, or `localhost` (RFC 6761, section 6.3).
pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let host = host.strip_suffix('.').unwrap_or(&host);
    match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)?;
        f.write_str(&self.prefix)?;
        if self.prefix.is_empty() { f.write_char('/') } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_is_b(query: &mut Query) {
        query.pair("a", "b");
    }

    fn parse(url: &str) -> Result<BaseUrl, Error> {
        BaseUrl::parse("base_url", url, Plaintext::Refused)
    }

    #[test]
    fn a_path_goes_behind_the_prefix() {
        for (base, joined) in [
            ("https://api.kit.com", "https://api.kit.com/v4/webhooks"),
            ("https://api.kit.com/", "https://api.kit.com/v4/webhooks"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v4/webhooks"),
            ("http://[::1]:8080/", "http://[::1]:8080/v4/webhooks"),
            ("https://proxy.example/kit", "https://proxy.example/kit/v4/webhooks"),
            ("https://proxy.example/a/kit//", "https://proxy.example/a/kit/v4/webhooks"),
        ] {
            let base = parse(base).unwrap();
            assert_eq!(base.join("/v4/webhooks".into(), |_| ()).unwrap().to_string(), joined);
            let with_query = format!("{joined}?a=b");
            assert_eq!(base.join("/v4/webhooks".into(), a_is_b).unwrap().to_string(), with_query);
        }
        let own = parse("https://app.kit.com/oauth/authorize").unwrap();
        assert_eq!(own.with_query(a_is_b).unwrap(), "https://app.kit.com/oauth/authorize?a=b");
        assert_eq!(
            parse("https://app.kit.com").unwrap().with_query(|_| ()).unwrap(),
            "https://app.kit.com/"
        );
    }

    #[test]
    fn a_bad_base_url_is_an_error_that_names_it() {
        for bad in [
            "",
            "api.kit.com",
            "/v4",
            "ftp://api.kit.com",
            "https://",
            "https://api.kit.com?a=b",
            "https://api.kit.com/#v4",
            "https://me:secret@api.kit.com/",
            "https://api.kit.com/a b",
            "https://b\u{fc}cher.example/",
        ] {
            let error = parse(bad).map(|url| url.to_string()).unwrap_err().to_string();
            assert!(error.starts_with("base_url: "), "{bad}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn without_tls_only_this_machine_is_reached_unless_that_is_allowed() {
        for own in [
            "http://127.0.0.1:4010",
            "http://127.8.8.8/",
            "http://localhost:80",
            "http://LOCALHOST./",
            "http://kit.localhost/",
            "http://[::1]:4010/",
        ] {
            assert!(parse(own).is_ok(), "{own}");
        }
        for other in [
            "http://api.kit.com",
            "http://10.0.0.1/",
            "http://localhost.example/",
            "http://notlocalhost/",
            "http://127.0.0.1.example/",
            "http://[fe80::1]/",
            "http://0.0.0.0/",
        ] {
            let error = parse(other).unwrap_err().to_string();
            assert!(error.contains("in the clear"), "{error}");
            assert!(BaseUrl::parse("base_url", other, Plaintext::Allowed).is_ok(), "{other}");
        }
    }

    #[test]
    fn a_path_that_cannot_be_requested_is_an_error() {
        for bad in ["", "v4", "/v4 webhooks", "/v4?a=b", "/v4#a", "/v4/{id}"] {
            let error = BaseUrl::kit().join(bad.into(), |_| ()).unwrap_err().to_string();
            assert!(error.starts_with("path: "), "{error}");
        }
    }
}
