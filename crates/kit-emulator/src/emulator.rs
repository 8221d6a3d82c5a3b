use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http::{Request, StatusCode};

use crate::api::{Api, Webhook};
use crate::control;
use crate::server::{self, Fault, Faults, Reply, Server, Service};
use crate::world::{App, Consent, Grants, Lifetimes, Tokens, World};

const API_KEY: &str = "kit_emulator_api_key";
const ACCESS_TOKEN: &str = "kit_emulator_access_token";
const CLIENT_ID: &str = "kit_emulator_client_id";
const CLIENT_SECRET: &str = "kit_emulator_client_secret";

/// As in Kit's guide: two days for a code, two hours for a refresh token.
const LIFETIMES: Lifetimes =
    Lifetimes { first: Duration::from_secs(172_800), refreshed: Duration::from_secs(7200) };

/// A running emulator of Kit. It stops when it is dropped.
pub struct Emulator {
    kit: Arc<Kit>,
    /// Serves until it is dropped.
    server: Server,
    base_url: String,
    api_key: String,
}

/// What the server serves.
struct Kit {
    api: Api,
    faults: Arc<Faults>,
}

impl Service for Kit {
    fn answer(&self, request: &server::Request) -> Reply {
        self.api.answer(request)
    }

    fn failure(&self, request: &server::Request, status: StatusCode) -> Reply {
        Api::failure(request, status)
    }

    fn control(&self, request: &server::Request) -> Option<Reply> {
        control::answer(&self.faults, request)
    }
}

impl Emulator {
    /// Starts an emulator without webhooks, on 127.0.0.1 and a port that the system chooses.
    ///
    /// # Errors
    ///
    /// The system's error where a socket or thread cannot be made.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Makes a builder, to choose the address, the API key, the lifetime of tokens, and rate limits.
    pub fn builder() -> Builder {
        Builder {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            api_key: API_KEY.to_owned(),
            lifetimes: LIFETIMES,
            has_rate_limits: false,
        }
    }

    /// The base URL of the emulator, such as `http://127.0.0.1:40321`: for `KIT_BASE_URL`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The API key that the emulator accepts: for `KIT_API_KEY`.
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// An access token that never expires. (Access tokens from the token endpoint do.)
    pub fn access_token(&self) -> &str {
        ACCESS_TOKEN
    }

    /// The id of the registered app: for `KIT_CLIENT_ID`.
    pub fn client_id(&self) -> &str {
        CLIENT_ID
    }

    /// The secret of the registered app: for `KIT_CLIENT_SECRET`.
    pub fn client_secret(&self) -> &str {
        CLIENT_SECRET
    }

    /// Sets the answer that users give on the consent page from now on. Default: [`Consent::Given`].
    pub fn set_consent(&self, consent: Consent) {
        self.kit.api.world().grants.consent = consent;
    }

    /// Issues first tokens with the scope `public`, as to an app that sent its secret, without an
    /// authorization.
    pub fn issue_tokens(&self) -> Tokens {
        let mut world = self.kit.api.world();
        let now = world.clock.now();
        world.grants.begin("public".into(), true, now)
    }

    /// How many refresh tokens have been spent for new tokens.
    pub fn refreshes(&self) -> usize {
        self.kit.api.world().grants.refreshes
    }

    /// How many requests came with a refresh token that was spent before. The emulator refused them.
    pub fn repeated_refreshes(&self) -> usize {
        self.kit.api.world().grants.repeated_refreshes
    }

    /// The webhooks that exist now, oldest first.
    pub fn webhooks(&self) -> Vec<Webhook> {
        self.kit.api.world().tables.webhooks.oldest_first().cloned().collect()
    }

    /// How many connections the emulator has accepted.
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    /// How many requests the emulator has received, including those that failed, but not those to `/_kit/`.
    pub fn requests(&self) -> usize {
        self.server.requests()
    }

    /// Makes the next `count` requests fail by `fault`. Replaces all faults that were set before.
    pub fn fail_next(&self, count: usize, fault: Fault) {
        let mut left = count;
        self.fail_when(move |_| {
            left = left.checked_sub(1)?;
            Some(fault.clone())
        });
    }

    /// Makes those requests fail for which `choose` returns a fault. It is called for each request, in the
    /// order in which they arrive. Replaces all faults that were set before. `choose` must not call
    /// `fail_when`, `fail_next` or `heal`: it would wait for its own end.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_emulator::{Emulator, Fault};
    ///
    /// let emulator = Emulator::start()?;
    /// emulator.fail_when(|request| (request.method() == "DELETE").then(|| Fault::status(500)));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn fail_when(&self, choose: impl FnMut(&Request<()>) -> Option<Fault> + Send + 'static) {
        self.kit.faults.set(Some(Box::new(choose)));
    }

    /// Moves the emulator's clock forward. Rate limits, the times in replies, and the expiry of tokens and
    /// codes depend on this clock.
    ///
    /// The clocks of clients do not move. If an access token of a session is rejected within 30 seconds after
    /// a refresh, the session does not refresh again: where a test lets tokens expire twice, use a new
    /// session each time, as another process would.
    pub fn advance(&self, duration: Duration) {
        self.kit.api.world().clock.advance(duration);
    }

    /// Removes all faults.
    pub fn heal(&self) {
        self.kit.faults.set(None);
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// The settings of an [`Emulator`], before it starts.
#[derive(Clone)]
pub struct Builder {
    address: SocketAddr,
    api_key: String,
    lifetimes: Lifetimes,
    has_rate_limits: bool,
}

impl Builder {
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

    /// Starts the emulator.
    ///
    /// # Errors
    ///
    /// The system's error where a socket or thread cannot be made: the port is in use, for example.
    pub fn start(self) -> io::Result<Emulator> {
        let app = App { client_id: CLIENT_ID.into(), client_secret: CLIENT_SECRET.into() };
        let grants = Grants::new(self.lifetimes);
        let (api_key, access_token) = (self.api_key, ACCESS_TOKEN.to_owned());
        let world = World::new(api_key.clone(), access_token, app, grants, self.has_rate_limits);
        let faults = Arc::<Faults>::default();
        let kit = Arc::new(Kit { api: Api::new(world), faults: faults.clone() });
        let server = Server::start(self.address, kit.clone(), faults)?;
        let base_url = format!("http://{}", server.address());
        Ok(Emulator { kit, server, base_url, api_key })
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("address", &self.address).finish_non_exhaustive()
    }
}
