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

/// A running Kit. It stops when this is dropped.
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
    /// Starts on 127.0.0.1, at a port that the system chooses, with no webhooks.
    ///
    /// # Errors
    ///
    /// What the system says to a new socket or thread.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// To choose the address, the API key, how long tokens last, and whether there are rate limits.
    pub fn builder() -> Builder {
        Builder {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            api_key: API_KEY.to_owned(),
            lifetimes: LIFETIMES,
            has_rate_limits: false,
        }
    }

    /// Where it listens: what `KIT_BASE_URL` is to be, such as `http://127.0.0.1:40321`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The API key that it accepts: what `KIT_API_KEY` is to be.
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// An access token that it accepts for ever. Those of its token endpoint end.
    pub fn access_token(&self) -> &str {
        ACCESS_TOKEN
    }

    /// The id of the app that is registered: what `KIT_CLIENT_ID` is to be.
    pub fn client_id(&self) -> &str {
        CLIENT_ID
    }

    /// The secret of the app that is registered: what `KIT_CLIENT_SECRET` is to be.
    pub fn client_secret(&self) -> &str {
        CLIENT_SECRET
    }

    /// What users answer from now on who are asked to let the app in. At first, they say yes.
    pub fn set_consent(&self, consent: Consent) {
        self.kit.api.world().grants.consent = consent;
    }

    /// Tokens as the token endpoint gives them to an app that has proven itself by its secret, without
    /// the way there.
    pub fn issue_tokens(&self) -> Tokens {
        let mut world = self.kit.api.world();
        let now = world.clock.now();
        world.grants.begin("public".into(), true, now)
    }

    /// How many refresh tokens were spent.
    pub fn refreshes(&self) -> usize {
        self.kit.api.world().grants.refreshes
    }

    /// How many refresh tokens came once more after they were spent. They were refused.
    pub fn repeated_refreshes(&self) -> usize {
        self.kit.api.world().grants.repeated_refreshes
    }

    /// The webhooks that exist now, oldest first.
    pub fn webhooks(&self) -> Vec<Webhook> {
        self.kit.api.world().tables.webhooks.oldest_first().cloned().collect()
    }

    /// How many connections it has accepted.
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    /// How many requests it has received, those that failed included, and those to `/_kit/` not.
    pub fn requests(&self) -> usize {
        self.server.requests()
    }

    /// Lets the next `count` requests fail. Takes the place of what was set before.
    pub fn fail_next(&self, count: usize, fault: Fault) {
        let mut left = count;
        self.fail_when(move |_| {
            left = left.checked_sub(1)?;
            Some(fault.clone())
        });
    }

    /// Decides for each request, in the order in which they arrive, whether it fails. Takes the place
    /// of what was set before. `choose` must not set faults itself: it would wait for its own end.
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

    /// Moves the clock that the rate limits, the times in replies and the ends of tokens and codes go by.
    ///
    /// The clocks of clients do not move with it. A session that has refreshed its tokens takes a second
    /// rejection within half a minute for one that another refresh does not mend: a test that lets tokens
    /// expire twice uses a new session each time, as another process would.
    pub fn advance(&self, duration: Duration) {
        self.kit.api.world().clock.advance(duration);
    }

    /// Lets all requests be answered as they should.
    pub fn heal(&self) {
        self.kit.faults.set(None);
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// An emulator before it starts.
#[derive(Clone)]
pub struct Builder {
    address: SocketAddr,
    api_key: String,
    lifetimes: Lifetimes,
    has_rate_limits: bool,
}

impl Builder {
    /// The address and port to listen at. Port 0, the default, lets the system choose.
    #[must_use]
    pub fn address(mut self, address: impl Into<SocketAddr>) -> Self {
        self.address = address.into();
        self
    }

    /// The API key to accept.
    #[must_use]
    pub fn api_key(mut self, api_key: impl Into<String>) -> Self {
        self.api_key = api_key.into();
        self
    }

    /// How long access tokens last, those for a code and those for a refresh token. Default: two days and two
    /// hours, as in Kit's guide.
    #[must_use]
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetimes = Lifetimes { first: lifetime, refreshed: lifetime };
        self
    }

    /// How long access tokens last that come for a refresh token. Default: two hours, or what
    /// [`token_lifetime`](Self::token_lifetime) said before.
    #[must_use]
    pub fn refreshed_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetimes.refreshed = lifetime;
        self
    }

    /// Answers 429 to more than 120 requests with the API key, or 600 with an access token, in any 60
    /// seconds, as Kit does. Off by default: tests send many requests.
    #[must_use]
    pub fn rate_limits(mut self) -> Self {
        self.has_rate_limits = true;
        self
    }

    /// Starts it.
    ///
    /// # Errors
    ///
    /// What the system says to a new socket or thread, such as that the port is taken.
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
