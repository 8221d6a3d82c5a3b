use std::fmt;
use std::net::IpAddr;

use http::Uri;
use http::uri::{Authority, Scheme};
use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use crate::wire::{BaseUrl, is_loopback};
use crate::{Error, Kit};

/// Which proxy requests go through. Every request passes the proxy in a tunnel (HTTP's CONNECT).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proxy {
    /// The proxy that the environment names. For an https URL, that is the first of the variables
    /// `https_proxy`, `HTTPS_PROXY`, `all_proxy` and `ALL_PROXY` that is set and not empty; for an http URL,
    /// the first of `http_proxy`, `all_proxy` and `ALL_PROXY`.
    ///
    /// No proxy is used for this machine (`localhost`, `127.0.0.1`, `::1`), nor for hosts in `no_proxy` or
    /// `NO_PROXY`: a list of names and addresses with commas between, or `*` for every host. A name includes
    /// its subdomains.
    #[default]
    Environment,
    /// No proxy, even where the environment names one.
    None,
    /// This proxy, for every host.
    Url(ProxyUrl),
}

impl Proxy {
    /// The proxy for requests to `kit`; `None` where requests go to Kit directly. `variable` returns the
    /// value of an environment variable.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `proxy` where an environment variable holds no URL of a proxy; the error names
    /// the variable. Also where the environment names one proxy for the base URL and another, or none, for a URL of
    /// [`OAuthUrls`](crate::oauth::OAuthUrls): a client has one proxy.
    pub fn for_kit(
        &self,
        kit: &Kit,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<ProxyUrl>, Error> {
        match self {
            Self::None => Ok(None),
            Self::Url(url) => Ok(Some(url.clone())),
            Self::Environment => of_environment(kit, variable),
        }
    }
}

impl From<ProxyUrl> for Proxy {
    fn from(url: ProxyUrl) -> Self {
        Self::Url(url)
    }
}

fn of_environment(
    kit: &Kit,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<ProxyUrl>, Error> {
    let mut of_base = None;
    for (field, url) in kit.urls() {
        let proxy = of_url(url, &variable)?;
        if *of_base.get_or_insert_with(|| proxy.clone()) != proxy {
            return Err(Error::input(
                "proxy",
                format!(
                    "of the environment for `{field}` is not the one for `base_url`, and a client has \
                     one: set it (`Proxy::Url`, `Proxy::None`)"
                ),
            ));
        }
    }
    Ok(of_base.flatten())
}

fn of_url(
    url: &BaseUrl,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<ProxyUrl>, Error> {
    // `HTTP_PROXY` can be a header of a request, in a CGI program.
    let names: &[&str] = if url.is_https() {
        &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    } else {
        &["http_proxy", "all_proxy", "ALL_PROXY"]
    };
    let variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    if is_loopback(url.host()) {
        return Ok(None);
    }
    let exceptions = variable("no_proxy").or_else(|| variable("NO_PROXY")).unwrap_or_default();
    if exceptions.split(',').any(|exception| matches(exception.trim(), url.host())) {
        return Ok(None);
    }
    let set = names.iter().find_map(|name| variable(name).map(|value| (name, value)));
    let Some((name, value)) = set else { return Ok(None) };
    let url = parse(&value).map_err(|reason| {
        Error::input("proxy", format!("of the environment variable {name} {reason}"))
    })?;
    Ok(Some(url))
}

/// Whether an entry of `no_proxy` is about a host.
fn matches(exception: &str, host: &str) -> bool {
    if exception == "*" {
        return true;
    }
    let exception = exception.trim_start_matches('[').trim_end_matches(']');
    if let (Ok(exception), Ok(host)) = (exception.parse::<IpAddr>(), host.parse::<IpAddr>()) {
        return exception == host;
    }
    let exception = exception.trim_start_matches("*.").trim_start_matches('.').to_ascii_lowercase();
    let host = host.to_ascii_lowercase();
    let subdomain = host.strip_suffix(&exception).is_some_and(|rest| rest.ends_with('.'));
    !exception.is_empty() && (host == exception || subdomain)
}

/// The URL of a proxy, such as `http://user:password@proxy.example:8080`. With `https://`, the client
/// connects to the proxy itself over TLS. User and password are never printed.
///
/// # Examples
///
/// ```
/// use kit_core::settings::ProxyUrl;
///
/// let proxy = ProxyUrl::parse("http://proxy.example:8080")?;
/// assert_eq!((proxy.host(), proxy.port()), ("proxy.example", 8080));
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl {
    is_https: bool,
    host: String,
    port: u16,
    user: Option<Zeroizing<String>>,
    password: Option<Zeroizing<String>>,
}

impl ProxyUrl {
    /// Reads the URL of a proxy. User and password in it are percent-encoded. The default scheme is `http`;
    /// the default port is 80, or 443 with `https`.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `proxy` where `url` is not the URL of an HTTP proxy, or is that of a SOCKS proxy.
    pub fn parse(url: impl AsRef<str>) -> Result<Self, Error> {
        parse(url.as_ref()).map_err(|reason| Error::input("proxy", reason))
    }

    /// Whether the proxy itself is reached over TLS.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// The same for a proxy as [`Kit::check_without_tls`] for Kit: what a transport that is built without TLS asks.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `proxy` if the proxy itself is reached over TLS.
    pub fn check_without_tls(&self) -> Result<(), Error> {
        if self.is_https {
            return Err(Error::input(
                "proxy",
                "is reached over https, and the program is built without TLS",
            ));
        }
        Ok(())
    }

    /// The host, without brackets around an address.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The user's name, percent-decoded. `None` where the URL has no user.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref().map(String::as_str)
    }

    /// The user's password, percent-decoded: not to be printed or logged. `None` where the URL has no user.
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref().map(String::as_str)
    }

    /// The URL without user and password. `None` where its parts make no valid URL.
    pub fn uri(&self) -> Option<Uri> {
        let scheme = if self.is_https { Scheme::HTTPS } else { Scheme::HTTP };
        let host =
            if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let authority = Authority::try_from(format!("{host}:{}", self.port)).ok()?;
        Uri::builder().scheme(scheme).authority(authority).path_and_query("/").build().ok()
    }
}

/// The error is a reason worded to follow a name, such as `proxy`.
fn parse(url: &str) -> Result<ProxyUrl, &'static str> {
    let url = url.trim();
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let is_https = match scheme.to_ascii_lowercase().as_str() {
        "http" => false,
        "https" => true,
        "socks" | "socks4" | "socks4a" | "socks5" | "socks5h" => {
            return Err("is a SOCKS proxy: only proxies that tunnel by HTTP are known");
        }
        _ => return Err("has a scheme other than http:// or https://"),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (credentials, place) = match authority.rsplit_once('@') {
        Some((credentials, place)) => (Some(credentials), place),
        None => (None, authority),
    };
    let place: Authority = place.parse().map_err(|_| "has a malformed host or port")?;
    let host = place.host().trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() {
        return Err("has no host");
    }
    let port = match place.port() {
        Some(port) => port.as_u16(),
        None if place.as_str() != place.host() => return Err("has a malformed host or port"),
        None if is_https => 443,
        None => 80,
    };
    let decode = |text: &str| {
        let decoded = percent_decode_str(text).decode_utf8();
        decoded
            .map(|text| Zeroizing::new(text.into_owned()))
            .map_err(|_| "has a user that is not UTF-8")
    };
    let (user, password) = match credentials.map(|both| both.split_once(':').unwrap_or((both, "")))
    {
        Some((user, password)) => (Some(decode(user)?), Some(decode(password)?)),
        None => (None, None),
    };
    Ok(ProxyUrl { is_https, host: host.to_owned(), port, user, password })
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_https { "https" } else { "http" };
        let user = if self.user.is_some() { "[redacted]@" } else { "" };
        write!(f, "{scheme}://{user}{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::kit;
    use crate::oauth::OAuthUrls;

    #[test]
    fn a_proxy_has_its_parts() {
        let proxy = ProxyUrl::parse("http://me:p%40ss@proxy.example:8080/").unwrap();
        assert_eq!((proxy.host(), proxy.port(), proxy.is_https()), ("proxy.example", 8080, false));
        assert_eq!((proxy.user(), proxy.password()), (Some("me"), Some("p@ss")));
        assert_eq!(proxy.uri().unwrap(), "http://proxy.example:8080/");
        assert_eq!(format!("{proxy:?}"), "http://[redacted]@proxy.example:8080");
        for (url, host, port) in [
            ("proxy.example", "proxy.example", 80),
            ("HTTPS://proxy.example", "proxy.example", 443),
            ("[::1]:3128", "::1", 3128),
        ] {
            let proxy = ProxyUrl::parse(url).unwrap();
            assert_eq!((proxy.host(), proxy.port(), proxy.user()), (host, port, None), "{url}");
        }
        assert_eq!(ProxyUrl::parse("[::1]:3128").unwrap().uri().unwrap(), "http://[::1]:3128/");
        assert!(proxy.check_without_tls().is_ok());
        let over_tls = ProxyUrl::parse("https://proxy.example").unwrap();
        let error = over_tls.check_without_tls().unwrap_err().to_string();
        assert_eq!(error, "proxy: is reached over https, and the program is built without TLS");
    }

    #[test]
    fn a_malformed_proxy_url_is_an_error_that_shows_nothing() {
        for bad in [
            "",
            "http://",
            "socks5://5ecret:5ecret@proxy.example",
            "ftp://proxy.example",
            "http://5ecret@proxy.example:port",
            "http://proxy.example:65536",
            "http://%ff:5ecret@proxy.example",
            "http://pro xy.example",
            "http://proxy.example:",
        ] {
            let error = ProxyUrl::parse(bad).unwrap_err().to_string();
            assert!(error.starts_with("proxy: ") && !error.contains("5ecret"), "{bad}: {error}");
        }
    }

    #[test]
    fn the_environment_decides_by_scheme_and_host() {
        let proxy = |url: &str, variables: &[(&str, &str)]| {
            let kit = kit().with_plaintext_base_url(url).unwrap();
            let variable = |name: &str| {
                let set = variables.iter().find(|(set, _)| *set == name);
                set.map(|(_, value)| (*value).to_owned())
            };
            let found = Proxy::Environment.for_kit(&kit, variable);
            found.map(|proxy| proxy.map(|proxy| proxy.host().to_owned()))
        };
        let (https, http) = ("https://api.kit.com", "http://api.kit.com");
        for (url, variables, expected) in [
            (https, &[][..], None),
            (https, &[("https_proxy", "a")], Some("a")),
            (https, &[("HTTPS_PROXY", "b"), ("https_proxy", "a")], Some("a")),
            (https, &[("https_proxy", " "), ("all_proxy", "c")], Some("c")),
            (https, &[("http_proxy", "a")], None),
            (http, &[("http_proxy", "a"), ("https_proxy", "b")], Some("a")),
            (http, &[("HTTP_PROXY", "a")], None),
            (http, &[("ALL_PROXY", "a")], Some("a")),
            ("http://127.0.0.1:4010", &[("http_proxy", "a")], None),
            ("http://localhost:4010", &[("http_proxy", "a")], None),
            (https, &[("https_proxy", "a"), ("no_proxy", "example.com, kit.com")], None),
            (https, &[("https_proxy", "a"), ("NO_PROXY", ".kit.com")], None),
            (https, &[("https_proxy", "a"), ("no_proxy", "*")], None),
            (https, &[("https_proxy", "a"), ("no_proxy", "it.com,,")], Some("a")),
            (https, &[("https_proxy", "a"), ("no_proxy", "API.KIT.COM")], None),
            ("https://10.0.0.1", &[("https_proxy", "a"), ("no_proxy", "10.0.0.1")], None),
            ("https://[fe80::1]", &[("https_proxy", "a"), ("no_proxy", "[fe80::1]")], None),
        ] {
            assert_eq!(proxy(url, variables).unwrap().as_deref(), expected, "{url} {variables:?}");
        }
        let error = proxy(https, &[("https_proxy", "socks5://a")]).unwrap_err().to_string();
        assert!(
            error.starts_with("proxy: of the environment variable https_proxy is a SOCKS"),
            "{error}"
        );
    }

    #[test]
    fn all_urls_of_a_kit_have_one_proxy() {
        let (a, b) = ("https://a.example/a", "https://b.example/b");
        let proxy = |no_proxy: &'static str, token| {
            let urls = OAuthUrls::new("https://c.example/c", token, b).unwrap();
            let kit = kit().with_base_url("https://a.example").unwrap().with_oauth_urls(urls);
            Proxy::Environment.for_kit(&kit, |name| match name {
                "https_proxy" => Some("proxy.example".into()),
                "no_proxy" => Some(no_proxy.into()),
                _ => None,
            })
        };
        assert!(proxy("c.example", a).unwrap().is_some());
        assert!(proxy("a.example,b.example", a).unwrap().is_none());
        for (no_proxy, token, field) in [
            ("b.example", a, "revoke_url"),
            ("b.example", b, "token_url"),
            ("a.example", a, "revoke_url"),
            ("", "http://127.0.0.1:1/", "token_url"),
        ] {
            let error = proxy(no_proxy, token).unwrap_err().to_string();
            assert!(error.contains(field), "{no_proxy} {token}: {error}");
        }
    }

    #[test]
    fn a_proxy_that_is_named_is_for_every_host() {
        let kit = kit().with_base_url("http://127.0.0.1:4010").unwrap();
        let url = ProxyUrl::parse("proxy.example").unwrap();
        let none = |_: &str| -> Option<String> { panic!("the environment is not asked") };
        let proxy = Proxy::from(url.clone());
        assert_eq!(proxy.for_kit(&kit, none).unwrap(), Some(url));
        assert_eq!(Proxy::None.for_kit(&kit, none).unwrap(), None);
    }
}
