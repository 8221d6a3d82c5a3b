//! The guard of the control requests: programs on this machine may control the emulator, and no page of another site in a browser on it.

use std::net::IpAddr;

use http::uri::Authority;
use http::{HeaderMap, StatusCode, header};

use crate::server::Reply;
use crate::world::HostNames;

/// The names by which the emulator is called, beside those of this machine.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hosts(HostNames);

impl Hosts {
    pub(crate) fn allow(&mut self, host: &str) {
        self.0.add(host);
    }

    /// # Errors
    ///
    /// 403 where `Host` is the name of another machine, as where a page has a name of its own lead to this one, or where
    /// a browser says that the page of another site asks.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), Reply> {
        let forbidden = |message: String| Err(Reply::error(StatusCode::FORBIDDEN, message));
        let host = only(headers, header::HOST.as_str()).unwrap_or_default();
        let Some(authority) = host.parse::<Authority>().ok().filter(|place| self.contains(place))
        else {
            return forbidden(format!(
                "Host {host:?} is not this machine: allow it by --allow-host, or Builder::allow_host"
            ));
        };
        let own = format!("http://{authority}");
        match only(headers, header::ORIGIN.as_str()) {
            None if headers.contains_key(header::ORIGIN) => {
                return forbidden("Origin is there twice".into());
            }
            Some(origin) if !origin.eq_ignore_ascii_case(&own) => {
                return forbidden(format!("Origin {origin:?} is another site"));
            }
            _ => {}
        }
        match headers.get("sec-fetch-site").map(http::HeaderValue::as_bytes) {
            None | Some(b"same-origin" | b"none") => Ok(()),
            Some(_) => forbidden("Sec-Fetch-Site is another site".into()),
        }
    }

    fn contains(&self, authority: &Authority) -> bool {
        // With a user in front of it, it is no host.
        if authority.as_str().contains('@') {
            return false;
        }
        let host = authority.host().trim_matches(['[', ']']).to_ascii_lowercase();
        host == "localhost"
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            || self.0.contains(&host)
    }
}

/// The value of a header that comes once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_let_in(headers: &[(&'static str, &str)]) -> bool {
        let mut hosts = Hosts::default();
        hosts.allow("Kit");
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        hosts.check(&map).is_ok()
    }

    #[test]
    fn a_host_is_of_this_machine_or_allowed() {
        for host in
            ["localhost", "LOCALHOST:80", "127.0.0.1:4010", "127.8.9.1", "[::1]:1", "kit:4010"]
        {
            assert!(is_let_in(&[("host", host)]), "{host}");
        }
        for host in [
            "",
            "example.com",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "127.0.0.1@example.com",
            "example.com@127.0.0.1",
            "kitchen",
            "0.0.0.0",
            "10.0.0.1",
            "localhost, example.com",
        ] {
            assert!(!is_let_in(&[("host", host)]), "{host}");
        }
        assert!(!is_let_in(&[]));
        assert!(!is_let_in(&[("host", "localhost"), ("host", "localhost")]));
    }

    #[test]
    fn a_page_of_another_site_is_kept_out() {
        let host = ("host", "127.0.0.1:4010");
        for own in [
            ("origin", "http://127.0.0.1:4010"),
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-site", "none"),
        ] {
            assert!(is_let_in(&[host, own]), "{own:?}");
        }
        for foreign in [
            ("origin", "http://example.com"),
            ("origin", "http://127.0.0.1:3000"),
            ("origin", "https://127.0.0.1:4010"),
            ("origin", "null"),
            ("origin", ""),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            assert!(!is_let_in(&[host, foreign]), "{foreign:?}");
        }
        let twice = ("origin", "http://127.0.0.1:4010");
        assert!(!is_let_in(&[host, twice, twice]));
    }
}
