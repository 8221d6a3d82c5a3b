//! Where deliveries may go: to this machine, and to hosts that were named.

use std::net::{IpAddr, SocketAddr};

use crate::world::HostNames;

/// The hosts that are posted to, beside this machine.
#[derive(Clone, Debug, Default)]
pub(crate) struct Destinations(HostNames);

impl Destinations {
    pub(crate) fn allow(&mut self, host: &str) {
        self.0.add(host);
    }

    /// The addresses of a host.
    ///
    /// # Errors
    ///
    /// That nothing is posted to it, or that it has no address.
    pub(super) async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, String> {
        let is_named = self.0.contains(host);
        if let Ok(address) = host.parse::<IpAddr>() {
            let is_allowed = address.is_loopback() || is_named;
            return if is_allowed { Ok(vec![(address, port).into()]) } else { Err(self.refusal()) };
        }
        if host != "localhost" && !is_named {
            return Err(self.refusal());
        }
        let found = tokio::net::lookup_host((host, port)).await;
        let found = found.map_err(|error| format!("{host} has no address: {error}"))?;
        let found: Vec<_> =
            found.filter(|address| is_named || address.ip().is_loopback()).collect();
        if found.is_empty() { Err(format!("{host} has no address")) } else { Ok(found) }
    }

    /// Why nothing is posted to a URL.
    pub(super) fn refusal(&self) -> String {
        let beside = match self.0.all() {
            [] => String::new(),
            hosts => format!(" and of {}", hosts.join(", ")),
        };
        format!(
            "the emulator posts to http URLs of this machine{beside} alone; --deliver-to allows another host"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn is_posted_to(destinations: &Destinations, host: &str) -> bool {
        destinations.resolve(host, 80).await.is_ok()
    }

    #[tokio::test]
    async fn nothing_leaves_this_machine_unless_it_is_named() {
        let here = Destinations::default();
        for host in ["127.0.0.1", "127.1.2.3", "::1", "localhost"] {
            assert!(is_posted_to(&here, host).await, "{host}");
        }
        for host in ["192.0.2.1", "0.0.0.0", "example.com", "127.0.0.1.example.com", "app", ""] {
            assert_eq!(here.resolve(host, 80).await, Err(here.refusal()), "{host}");
        }
        let mut named = Destinations::default();
        named.allow("App");
        named.allow("[2001:db8::1]");
        named.allow("192.0.2.1");
        assert!(is_posted_to(&named, "2001:db8::1").await);
        assert!(is_posted_to(&named, "192.0.2.1").await);
        assert!(!is_posted_to(&named, "192.0.2.2").await);
        assert!(!is_posted_to(&named, "app.example.com").await);
        let refusal = named.resolve("application", 80).await.unwrap_err();
        assert!(refusal.contains("of this machine and of app, 2001:db8::1, 192.0.2.1 alone; "));
        // It is looked up, which may find nothing.
        let app = named.resolve("app", 80).await;
        assert!(
            app.is_ok_and(|found| !found.is_empty())
                || named.resolve("APP", 80).await.unwrap_err().contains("has no address")
        );
    }
}
