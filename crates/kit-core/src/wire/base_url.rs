use std::fmt::{self, Write as _};

use bytes::Bytes;
use http::Uri;
use http::uri::{Authority, Parts, PathAndQuery, Scheme};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Endpoint, Error};

/// What is encoded in a query: all but the unreserved characters of RFC 3986.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The URL that an operation's path is put behind: scheme, host, and perhaps the prefix of a proxy.
#[derive(Clone)]
pub(crate) struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
    /// Empty, or `/` and more, without a `/` at its end.
    prefix: Box<str>,
}

impl BaseUrl {
    /// <https://api.kit.com>
    pub(crate) fn kit() -> Self {
        Self {
            scheme: Scheme::HTTPS,
            authority: Authority::from_static("api.kit.com"),
            prefix: Box::default(),
        }
    }

    pub(crate) fn parse(url: &str) -> Result<Self, Error> {
        let refuse = |reason: &'static str| Error::input("base_url", reason);
        crate::wire::http_url::check(url).map_err(refuse)?;
        // `Uri` drops a fragment without a word.
        if url.contains('#') {
            return Err(refuse("has a fragment"));
        }
        let uri: Uri = url.parse().map_err(|error: http::uri::InvalidUri| {
            Error::input("base_url", format!("cannot be requested: {error}"))
        })?;
        if uri.query().is_some() {
            return Err(refuse("has a query"));
        }
        let prefix = uri.path().trim_end_matches('/').into();
        let Parts { scheme: Some(scheme), authority: Some(authority), .. } = uri.into_parts()
        else {
            return Err(refuse("is not an absolute URL"));
        };
        if authority.as_str().contains('@') {
            return Err(refuse("has a user name: credentials do not belong in a URL"));
        }
        Ok(Self { scheme, authority, prefix })
    }

    pub(crate) fn is_https(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// The URL of an operation.
    pub(crate) fn join<E: Endpoint + ?Sized>(&self, endpoint: &E) -> Result<Uri, Error> {
        let path = endpoint.path();
        if !path.starts_with('/') {
            return Err(Error::input("path", "does not begin with /"));
        }
        if path.contains(['?', '#']) {
            return Err(Error::input("path", "has a query or a fragment"));
        }
        let query = endpoint.query();
        let path_and_query = match path {
            std::borrow::Cow::Borrowed(path) if self.prefix.is_empty() && query.is_empty() => {
                PathAndQuery::from_maybe_shared(Bytes::from_static(path.as_bytes()))
            }
            path => {
                let mut target = format!("{}{path}", self.prefix);
                for (index, (name, value)) in query.iter().enumerate() {
                    target.push(if index == 0 { '?' } else { '&' });
                    target.extend(utf8_percent_encode(name, QUERY));
                    target.push('=');
                    target.extend(utf8_percent_encode(value, QUERY));
                }
                PathAndQuery::from_maybe_shared(Bytes::from(target))
            }
        };
        let path_and_query = path_and_query
            .map_err(|error| Error::input("path", format!("cannot be requested: {error}")))?;

        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(path_and_query);
        Uri::from_parts(parts)
            .map_err(|error| Error::input("path", format!("cannot be requested: {error}")))
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
    use std::borrow::Cow;

    use http::Method;

    use super::*;

    struct Get(&'static str, Vec<(&'static str, Cow<'static, str>)>);

    impl Endpoint for Get {
        type Reply = ();
        const METHOD: Method = Method::GET;

        fn path(&self) -> Cow<'static, str> {
            self.0.into()
        }

        fn query(&self) -> Vec<(&'static str, Cow<'_, str>)> {
            self.1.clone()
        }

        fn reply(&self, _: &[u8]) -> Result<(), serde_json::Error> {
            Ok(())
        }
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
            let url = BaseUrl::parse(base).unwrap().join(&Get("/v4/webhooks", Vec::new())).unwrap();
            assert_eq!(url.to_string(), joined, "{base}");
        }
    }

    #[test]
    fn a_query_is_encoded() {
        let query = vec![("after", "a+/= &\u{e9}".into()), ("per_page", "50".into())];
        for base in ["https://api.kit.com", "https://proxy.example/kit"] {
            let url = BaseUrl::parse(base).unwrap().join(&Get("/v4", query.clone())).unwrap();
            assert_eq!(url.query(), Some("after=a%2B%2F%3D%20%26%C3%A9&per_page=50"));
        }
    }

    #[test]
    fn a_bad_base_url_is_refused_by_name() {
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
            let error = BaseUrl::parse(bad).map(|url| url.to_string()).unwrap_err().to_string();
            assert!(error.starts_with("base_url: "), "{bad}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_path_that_cannot_be_requested_is_refused() {
        let base = BaseUrl::kit();
        for bad in ["", "v4", "/v4 webhooks", "/v4?a=b", "/v4#a"] {
            let error = base.join(&Get(bad, Vec::new())).unwrap_err().to_string();
            assert!(error.starts_with("path: "), "{error}");
        }
    }
}
