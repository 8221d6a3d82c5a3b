use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use http::Request;

use crate::account::Webhook;
use crate::api::Api;
use crate::app::App;
use crate::fault::Fault;
use crate::grants::{Consent, Tokens};
use crate::server::Server;

const API_KEY: &str = "kit_emulator_api_key";
const ACCESS_TOKEN: &str = "kit_emulator_access_token";
const CLIENT_ID: &str = "kit_emulator_client_id";
const CLIENT_SECRET: &str = "kit_emulator_client_secret";

/// As in Kit's guide: two days.
const TOKEN_LIFETIME: Duration = Duration::from_secs(172_800);

/// A running Kit. It stops when this is dropped.
pub struct Emulator {
    api: Arc<Api>,
    /// Serves until it is dropped.
    _server: Server,
    base_url: String,
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
            token_lifetime: TOKEN_LIFETIME,
            has_rate_limits: false,
        }
    }

    /// Where it listens: what `KIT_BASE_URL` is to be, such as `http://127.0.0.1:40321`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The API key that it accepts: what `KIT_API_KEY` is to be.
    pub fn api_key(&self) -> &str {
        &self.api.api_key
    }

    /// An access token that it accepts for ever. Those of its token endpoint end.
    pub fn access_token(&self) -> &str {
        &self.api.access_token
    }

    /// The id of the app that is registered: what `KIT_CLIENT_ID` is to be.
    pub fn client_id(&self) -> &str {
        &self.api.app.client_id
    }

    /// The secret of the app that is registered: what `KIT_CLIENT_SECRET` is to be.
    pub fn client_secret(&self) -> &str {
        &self.api.app.client_secret
    }

    /// What users answer from now on who are asked to let the app in. At first, they say yes.
    pub fn set_consent(&self, consent: Consent) {
        self.api.grants().consent = consent;
    }

    /// Tokens as the token endpoint gives them to an app that has proven itself by its secret, without
    /// the way there.
    pub fn issue_tokens(&self) -> Tokens {
        self.api.grants().begin("public".into(), true, self.api.clock.now())
    }

    /// How many refresh tokens were spent.
    pub fn refreshes(&self) -> usize {
        self.api.grants().refreshes
    }

    /// How many refresh tokens came once more after they were spent. They were refused.
    pub fn repeated_refreshes(&self) -> usize {
        self.api.grants().repeated_refreshes
    }

    /// The webhooks that exist now, oldest first.
    pub fn webhooks(&self) -> Vec<Webhook> {
        self.api.account().webhooks().to_vec()
    }

    /// How many connections it has accepted.
    pub fn connections(&self) -> usize {
        self.api.connections.load(Ordering::Relaxed)
    }

    /// How many requests it has received, those that failed included.
    pub fn requests(&self) -> usize {
        self.api.requests.load(Ordering::Relaxed)
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
        self.api.choose_faults(Some(Box::new(choose)));
    }

    /// Moves the clock that the rate limits and the ends of tokens and codes go by.
    pub fn advance(&self, duration: Duration) {
        self.api.clock.advance(duration);
    }

    /// Lets all requests be answered as they should.
    pub fn heal(&self) {
        self.api.choose_faults(None);
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
    token_lifetime: Duration,
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

    /// How long access tokens last. Default: two days, as Kit's.
    #[must_use]
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
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
        let (lifetime, has_rate_limits) = (self.token_lifetime, self.has_rate_limits);
        let access_token = ACCESS_TOKEN.to_owned();
        let api = Api::new(self.api_key, access_token, app, lifetime, has_rate_limits);
        let api = Arc::new(api);
        let server = Server::start(self.address, api.clone())?;
        let base_url = format!("http://{}", server.address());
        Ok(Emulator { api, _server: server, base_url })
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("address", &self.address).finish_non_exhaustive()
    }
}
