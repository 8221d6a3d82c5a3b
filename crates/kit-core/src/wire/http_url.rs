//! URLs that Kit can call or watch: absolute, http or https, with a host.
//!
//! Behind the host it is as liberal as browsers are. Links in emails hold characters that RFC 3986
//! forbids (`|`, `{{ subscriber.email_address }}`), and whether Kit minds is not documented.

use std::fmt;

use iri_string::types::IriStr;

/// # Errors
///
/// The reason, worded to follow the name of the field.
pub(crate) fn check(url: &str) -> Result<(), &'static str> {
    const RELATIVE: &str = "is not an absolute URL: it must begin with http:// or https://";
    if url.is_empty() {
        return Err("is empty");
    }
    if url.trim() != url || url.contains(char::is_control) {
        return Err("has white space around it or a control character in it");
    }
    let (scheme, rest) = url.split_once("://").ok_or(RELATIVE)?;
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return Err(RELATIVE);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    check_authority(authority)
}

/// The URL without what can be a secret: `https://…@example.com/…`.
pub(crate) fn without_secret(url: &str) -> String {
    let Some(Parts { scheme, user, host, path }) = Parts::of(url) else { return url.to_owned() };
    let user = if user.is_empty() { "" } else { "\u{2026}@" };
    let path = if path.len() > 1 { "/\u{2026}" } else { path };
    format!("{scheme}://{user}{host}{path}")
}

/// Shows a URL in `Debug` without what can be a secret.
pub(crate) struct Shown<'a>(pub(crate) &'a str);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        without_secret(self.0).fmt(f)
    }
}

/// The URL as another program may write it: scheme and host in lower case, without the default port, and with a path.
pub(crate) fn canonical(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let (scheme, authority) = (scheme.to_ascii_lowercase(), authority.to_ascii_lowercase());
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    let authority = authority.strip_suffix(default_port).unwrap_or(&authority);
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("{scheme}://{authority}{slash}{path}")
}

/// The parts of a URL that can be secrets: the user with the password, and all behind the host.
pub(crate) fn secret_parts(url: &str) -> Vec<&str> {
    let Some(Parts { user, path, .. }) = Parts::of(url) else { return Vec::new() };
    [user, path].into_iter().filter(|part| !matches!(*part, "" | "/")).collect()
}

struct Parts<'a> {
    scheme: &'a str,
    /// The user with the password, without the `@`.
    user: &'a str,
    host: &'a str,
    /// All behind the host, query and fragment included.
    path: &'a str,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let (authority, path) =
            rest.split_at_checked(rest.find(['/', '?', '#']).unwrap_or(rest.len()))?;
        let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        Some(Self { scheme, user, host, path })
    }
}

fn check_authority(authority: &str) -> Result<(), &'static str> {
    const MALFORMED: &str = "has a malformed host or port";
    let origin = format!("http://{authority}");
    let parsed = IriStr::new(&origin).map_err(|_| MALFORMED)?;
    let parts = parsed.authority_components().ok_or(MALFORMED)?;
    if parts.host().is_empty() {
        return Err("has no host");
    }
    match parts.port() {
        None | Some("") => Ok(()),
        Some(port) => port.parse::<u16>().map(|_| ()).map_err(|_| MALFORMED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_are_the_same_are_written_alike() {
        for (url, canonical) in [
            ("HTTPS://Example.COM", "https://example.com/"),
            ("https://example.com:443/A", "https://example.com/A"),
            ("http://example.com:80?x=1", "http://example.com/?x=1"),
            ("http://example.com:443/", "http://example.com:443/"),
        ] {
            assert_eq!(super::canonical(url), canonical);
            assert_eq!(super::canonical(canonical), canonical);
        }
        assert_eq!(without_secret("https://a.b/t0ken?x"), "https://a.b/\u{2026}");
        assert_eq!(without_secret("https://a.b/"), "https://a.b/");
        assert_eq!(without_secret("https://user:w0rd@a.b:1"), "https://\u{2026}@a.b:1");
    }

    #[test]
    fn absolute_http_urls_with_a_host_pass() {
        for url in [
            "https://example.com",
            "http://example.com:8080/kit?token=a|b#top",
            "HTTPS://EXAMPLE.COM/",
            "https://b\u{fc}cher.example/\u{e9}t\u{e9}",
            "https://[2001:db8::1]:443/",
            "https://user:word@example.com/",
            "https://example.com/?email={{ subscriber.email_address }}",
        ] {
            assert_eq!(check(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn the_secret_parts_are_around_the_host() {
        for (url, parts) in [
            ("https://example.com/kit/t0ken?a=b#c", &["/kit/t0ken?a=b#c"] as &[_]),
            ("https://example.com?t0ken", &["?t0ken"]),
            ("https://user:word@example.com/kit?a@b", &["user:word", "/kit?a@b"]),
            ("https://example.com/", &[]),
            ("https://example.com", &[]),
            ("example.com/kit", &[]),
        ] {
            assert_eq!(secret_parts(url), parts, "{url}");
        }
    }

    #[test]
    fn everything_else_is_an_error_with_its_reason() {
        for (url, reason) in [
            ("", "is empty"),
            ("example.com/kit", "not an absolute URL"),
            ("/kit", "not an absolute URL"),
            ("//example.com/kit", "not an absolute URL"),
            ("ftp://example.com", "not an absolute URL"),
            ("mailto:a@example.com", "not an absolute URL"),
            ("https:example.com", "not an absolute URL"),
            ("https:\\\\example.com", "not an absolute URL"),
            ("https://", "has no host"),
            ("https:///kit", "has no host"),
            ("https://:443/", "has no host"),
            ("https://?a=b", "has no host"),
            ("https://exa mple.com/", "malformed"),
            ("https://[2001:db8::1/", "malformed"),
            ("https://example.com:65536/", "malformed"),
            ("https://example.com:port/", "malformed"),
            ("https://exa<mple.com/", "malformed"),
            (" https://example.com", "white space"),
            ("https://example.com\n", "white space"),
            ("https://example.com/a\tb", "control character"),
        ] {
            let error = check(url).unwrap_err();
            assert!(error.contains(reason), "{url}: {error}");
        }
    }
}
