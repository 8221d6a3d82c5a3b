use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::time::Duration;
use std::{fmt, io, thread};

use crate::api::Api;
use crate::control::Hosts;
use crate::emulator::{ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, Emulator};
use crate::local_kit::LocalKit;
use crate::outbox::{self, Destinations};
use crate::rows::{ACCOUNT_ID, World};
use crate::server::{Listener, Server};
use crate::world::{App, Grants, Keys, Lifetimes};

const API_KEY: &str = "kit_emulator_api_key";

/// As in Kit's guide: two days for a code, two hours for a refresh token.
const LIFETIMES: Lifetimes =
    Lifetimes { first: Duration::from_secs(172_800), refreshed: Duration::from_secs(7200) };

/// The settings of an [`Emulator`], before it starts.
#[derive(Clone)]
pub struct Builder {
    address: SocketAddr,
    api_key: String,
    lifetimes: Lifetimes,
    has_rate_limits: bool,
    hosts: Hosts,
    destinations: Destinations,
    tell: Option<Tell>,
    /// A host that is none.
    no_host: Option<String>,
}

/// A function that is told of requests, line by line.
type Tell = Arc<dyn Fn(&str) + Send + Sync>;

/// The number of lines that wait to be told.
const MOST_LINES: usize = 10_000;

/// Tells a function of requests, which may be slow.
fn listener(tell: Tell) -> io::Result<Listener> {
    let (sender, lines) = mpsc::sync_channel::<String>(MOST_LINES);
    let work = move || lines.iter().for_each(|line| tell(&line));
    thread::Builder::new().name("kit-emulator-requests".into()).spawn(work)?;
    Ok(Arc::new(move |ended| {
        let _ = sender.try_send(ended.to_string());
    }))
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            api_key: API_KEY.to_owned(),
            lifetimes: LIFETIMES,
            has_rate_limits: false,
            hosts: Hosts::default(),
            destinations: Destinations::default(),
            tell: None,
            no_host: None,
        }
    }

    /// Sets the address and port to listen on. With port 0 the system chooses a port. Default: 127.0.0.1,
    /// port 0.
    #[must_use]
    pub fn address(mut self, address: impl Into<SocketAddr>) -> Self {
        self.address = address.into();
        self
    }

    /// Sets the API key that the emulator accepts. Default: `kit_emulator_api_key`.
    #[must_use]
    pub fn api_key(mut self, api_key: impl Into<String>) -> Self {
        self.api_key = api_key.into();
        self
    }

    /// Sets how long all access tokens last. Default, as in Kit's guide: two days for those that come for an
    /// authorization code, two hours for those that come for a refresh token.
    #[must_use]
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetimes = Lifetimes { first: lifetime, refreshed: lifetime };
        self
    }

    /// Sets how long access tokens last that come for a refresh token. Default: two hours. A later
    /// [`token_lifetime`](Self::token_lifetime) replaces this.
    #[must_use]
    pub fn refreshed_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetimes.refreshed = lifetime;
        self
    }

    /// Makes the emulator answer 429 to more than 120 requests with the API key, or 600 with one access
    /// token, in any 60 seconds, as Kit does. Off by default, since tests send many requests.
    #[must_use]
    pub fn rate_limits(mut self) -> Self {
        self.has_rate_limits = true;
        self
    }

    /// Lets programs that call the emulator by this name control it below `/_kit/`: the name of a container, say.
    /// Without it, only those that call it by a name or an address of this machine may (`localhost`, `127.0.0.1`,
    /// `::1`), and no page of another site in a browser.
    #[must_use]
    pub fn allow_host(mut self, host: impl AsRef<str>) -> Self {
        self.hosts.allow(host.as_ref());
        self.check(host.as_ref());
        self
    }

    /// Lets deliveries go to this host, beside those of this machine: the name or the address of a container, say. What it
    /// is told is then sent there unencrypted.
    #[must_use]
    pub fn deliver_to(mut self, host: impl AsRef<str>) -> Self {
        self.destinations.allow(host.as_ref());
        self.check(host.as_ref());
        self
    }

    /// Remembers a host that is none, until the start.
    fn check(&mut self, host: &str) {
        let is_address = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        if !is_address && (host.is_empty() || host.contains(['/', ':', '@', '*', ' '])) {
            self.no_host = Some(host.to_owned());
        }
    }

    /// Calls `tell` for each request that has ended, but for those to `/_kit/`, with a line such as `POST /v4/tags 201 in 3.2 ms`.
    /// It has no credentials. `tell` is called in a thread of its own; where it is slower than requests come, it is not told
    /// of all of them.
    #[must_use]
    pub fn on_request(mut self, tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.tell = Some(Arc::new(tell));
        self
    }

    /// Starts the emulator.
    ///
    /// # Errors
    ///
    /// The system's error where a socket or thread cannot be made: the port is in use, for example.
    /// [`io::ErrorKind::InvalidInput`] for a host with a scheme or a port.
    pub fn start(self) -> io::Result<Emulator> {
        if let Some(host) = self.no_host {
            let message = format!(
                "{host:?} is no host, such as app or 192.0.2.7: without a scheme and a port"
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let app = App { client_id: CLIENT_ID.into(), client_secret: CLIENT_SECRET.into() };
        let grants = Grants::new(self.lifetimes);
        let (api_key, access_token) = (self.api_key, ACCESS_TOKEN.to_owned());
        let keys = Keys { api_key: api_key.clone(), access_token };
        let world = World::new(ACCOUNT_ID, keys, app, grants, self.has_rate_limits);
        let listener = self.tell.map(listener).transpose()?;
        let mut hosts = self.hosts;
        if !self.address.ip().is_unspecified() {
            // Whoever calls it by the address that it listens at means it.
            hosts.allow(&self.address.ip().to_string());
        }
        let kit = Arc::new(LocalKit::new(Api::new(world), hosts, listener));
        let courier = outbox::deliver(kit.clone(), self.destinations);
        let (faults, recorder) = (kit.faults.clone(), kit.recorder.clone());
        let server = Server::start(self.address, kit.clone(), faults, recorder, courier)?;
        Ok(Emulator::new(kit, server, api_key))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("address", &self.address).finish_non_exhaustive()
    }
}
