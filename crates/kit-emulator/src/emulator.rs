use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::time::Duration;
use std::{fmt, io, thread};

use bytes::Bytes;
use http::Request;

use crate::account::Account;
use crate::api::Api;
use crate::control::{Controlled as _, Hosts};
use crate::local_kit::{LocalKit, is_idle};
use crate::outbox::{self, Delivery, DeliveryFault, Destinations};
use crate::rows::{self, ACCOUNT_ID, Webhook, WebhookEndpoint, World};
use crate::server::{Fault, Listener, Server};
use crate::world::{App, Consent, Grants, IssuedTokens, Keys, Lifetimes};

const API_KEY: &str = "kit_emulator_api_key";
const ACCESS_TOKEN: &str = "kit_emulator_access_token";
const CLIENT_ID: &str = "kit_emulator_client_id";
const CLIENT_SECRET: &str = "kit_emulator_client_secret";

/// As in Kit's guide: two days for a code, two hours for a refresh token.
const LIFETIMES: Lifetimes =
    Lifetimes { first: Duration::from_secs(172_800), refreshed: Duration::from_secs(7200) };

/// A running emulator of Kit. It stops when it is dropped.
pub struct Emulator {
    kit: Arc<LocalKit>,
    /// Serves until it is dropped.
    server: Server,
    base_url: String,
    api_key: String,
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
            hosts: Hosts::default(),
            destinations: Destinations::default(),
            tell: None,
        }
    }

    /// The base URL of the emulator, such as `http://127.0.0.1:40321`: for `KIT_BASE_URL`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The URL of the page that shows what the emulator has done, for a browser on this machine.
    pub fn page(&self) -> String {
        let mut address = self.server.address();
        if address.ip().is_unspecified() {
            let is_v4 = address.is_ipv4();
            address.set_ip(if is_v4 {
                Ipv4Addr::LOCALHOST.into()
            } else {
                Ipv6Addr::LOCALHOST.into()
            });
        }
        format!("http://{address}/_kit/")
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
    pub fn issue_tokens(&self) -> IssuedTokens {
        self.first().issue_tokens()
    }

    fn first(&self) -> Account {
        let id = self.kit.api.world().first_account();
        Account::new(self.kit.clone(), id)
    }

    /// Adds an account, with resources, webhook endpoints, credentials and rate limits of its own. The ids of its
    /// resources are others than those of the first account.
    ///
    /// From then on, the consent page asks which account an app gets access to, unless [`set_user`](Self::set_user) says who
    /// is asked.
    ///
    /// # Examples
    ///
    /// ```
    /// let emulator = kit_emulator::Emulator::start()?;
    /// let account = emulator.add_account();
    /// assert_eq!(emulator.accounts().len(), 2);
    /// assert_ne!(account.api_key(), emulator.api_key());
    /// assert_eq!(account.trigger("subscriber.tag_added", 1, None)?.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_account(&self) -> Account {
        let id = rows::add_account(&mut self.kit.api.world());
        self.kit.changed();
        Account::new(self.kit.clone(), id)
    }

    /// All accounts, the first one first.
    pub fn accounts(&self) -> Vec<Account> {
        let ids = self.kit.api.world().accounts.ids();
        ids.into_iter().map(|id| Account::new(self.kit.clone(), id)).collect()
    }

    /// Sets whose user is asked on the consent page from now on; with `None`, the page lets the user choose the account, if
    /// there are several.
    pub fn set_user(&self, account: Option<&Account>) {
        self.kit.api.world().grants.user = account.map(Account::id);
    }

    /// Registers another app. Its tokens are of no use to the first one.
    pub fn add_app(&self, client_id: impl Into<String>, client_secret: impl Into<String>) {
        let app = App { client_id: client_id.into(), client_secret: client_secret.into() };
        self.kit.api.world().apps.push(app);
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
        self.first().webhooks()
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
        let mut choose = choose;
        self.kit.faults.set(Some(Box::new(move |request| choose(&request.head))));
        self.kit.changed();
    }

    /// Moves the emulator's clock forward. Rate limits, the times in replies, the ends of tokens, codes and
    /// previous secrets, and the retries of deliveries depend on this clock.
    ///
    /// Everything due until then happens in order: the clock stands at the time of each retry until it has succeeded
    /// or failed. This blocks the thread as long as receivers take: a receiver must not run on the same thread. In an
    /// async program, use [`advance_async`](Self::advance_async).
    ///
    /// The clocks of clients do not move. If an access token of a session is rejected within 30 seconds after
    /// a refresh, the session does not refresh again: where a test lets tokens expire twice, use a new
    /// session each time, as another process would.
    pub fn advance(&self, duration: Duration) {
        {
            let mut world = self.kit.api.world();
            let nobody_else = self.kit.advancing.try_lock();
            if is_idle(&world) && nobody_else.is_ok() {
                world.clock.advance(duration);
                drop(world);
                self.kit.changed();
                return;
            }
        }
        let kit = self.kit.clone();
        self.server.run(async move { kit.advance(duration).await });
    }

    /// Waits until no delivery is due or under way. Retries that are due later are not waited for: see
    /// [`advance`](Self::advance). Blocks the thread, as `advance` does.
    pub fn settle(&self) {
        let kit = self.kit.clone();
        self.server.run(async move { kit.settle().await });
    }

    /// [`advance`](Self::advance) for async programs, in any runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = kit_emulator::Emulator::start()?;
    /// emulator.trigger("subscriber.tag_added", 1, None)?;
    /// emulator.settle_async().await;
    /// emulator.advance_async(std::time::Duration::from_secs(60)).await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn advance_async(&self, duration: Duration) -> impl Future<Output = ()> + Send + use<> {
        let kit = self.kit.clone();
        self.server.spawn(async move { kit.advance(duration).await })
    }

    /// [`settle`](Self::settle) for async programs, in any runtime: a receiver may run on the same thread.
    pub fn settle_async(&self) -> impl Future<Output = ()> + Send + use<> {
        let kit = self.kit.clone();
        self.server.spawn(async move { kit.settle().await })
    }

    /// Makes the emulator's clock run faster: so many seconds pass on it in one second. 0 stops it. Default: 1.
    pub fn set_clock_speed(&self, speed: u32) {
        self.kit.api.world().clock.set_speed(speed);
        self.kit.changed();
    }

    /// Makes `count` events of a type happen, such as `subscriber.tag_added`, with data that are made up or given:
    /// they are delivered to the active webhook endpoints that are told of the type. A legacy event has its full
    /// name, such as `subscriber.tag_add`, and is delivered to its webhooks, which are told of it unsigned; where
    /// `data` has the parameter of the event, such as `tag_id`, to those webhooks alone that watch it.
    ///
    /// Returns the ids of the events. Legacy events have none.
    ///
    /// # Errors
    ///
    /// The problem of the type or the count.
    ///
    /// # Examples
    ///
    /// ```
    /// let emulator = kit_emulator::Emulator::start()?;
    /// let ids = emulator.trigger("subscriber.tag_added", 3, None)?;
    /// assert_eq!(ids.len(), 3);
    /// emulator.settle();
    /// assert!(emulator.deliveries().is_empty(), "nobody is told");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn trigger(
        &self,
        event_type: &str,
        count: u64,
        data: Option<serde_json::Value>,
    ) -> Result<Vec<String>, String> {
        self.first().trigger(event_type, count, data)
    }

    /// The deliveries of the last 30 days and those to come, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.first().deliveries()
    }

    /// The webhook endpoints that exist now, oldest first.
    pub fn webhook_endpoints(&self) -> Vec<WebhookEndpoint> {
        self.first().webhook_endpoints()
    }

    /// Puts a state in place of all resources: an object with a list for each of them, and the account, as
    /// [`snapshot`](Self::snapshot) gives it. A list that is missing is empty. Other accounts are in the list `accounts`,
    /// each with its `id`: those that are not there are added. Credentials, tokens and what the clock shows stay.
    ///
    /// # Errors
    ///
    /// The problem of the state. Nothing is changed then.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_emulator::Emulator;
    ///
    /// let emulator = Emulator::start()?;
    /// emulator.seed(&serde_json::json!({
    ///     "tags": [{"id": 44, "name": "VIP", "created_at": "2026-07-29T14:32:10Z"}],
    ///     "subscribers": [{"id": 9, "email_address": "ann@example.com", "tags": {"44": "2026-07-29T14:32:10Z"}}],
    /// }))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn seed(&self, state: &serde_json::Value) -> Result<(), String> {
        rows::restore_whole(&mut self.kit.api.world(), state)?;
        self.kit.changed();
        Ok(())
    }

    /// The same as [`seed`](Self::seed), and what `POST /_kit/reset` goes back to from now on.
    ///
    /// # Errors
    ///
    /// The problem of the state. Nothing is changed then.
    pub fn begin_with(&self, state: &serde_json::Value) -> Result<(), String> {
        self.seed(state)?;
        *self.kit.seed() = Some(state.clone());
        Ok(())
    }

    /// All resources as JSON, to [`seed`](Self::seed) another emulator with. Deliveries and what is queued are not
    /// among them.
    pub fn snapshot(&self) -> serde_json::Value {
        rows::whole_state(&mut self.kit.api.world())
    }

    /// The last requests, oldest first, with the first 64 KiB of their bodies: 50,000, or as many as have, with the bodies of
    /// their replies, 64 MiB of bodies together. They hold the credentials.
    pub fn recorded_requests(&self) -> Vec<Request<Bytes>> {
        self.server.recorder().requests()
    }

    /// Makes those attempts to deliver fail for which `choose` returns a fault. Replaces all faults of deliveries
    /// that were set before. `choose` must call nothing of the emulator: it would wait for its own end.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_emulator::{DeliveryFault, Emulator};
    ///
    /// let emulator = Emulator::start()?;
    /// // The first attempt of each delivery is forged.
    /// emulator.fail_deliveries_when(|delivery| delivery.attempts.is_empty().then(DeliveryFault::forged));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn fail_deliveries_when(
        &self,
        choose: impl FnMut(&Delivery) -> Option<DeliveryFault> + Send + 'static,
    ) {
        self.kit.delivery_faults.set(Some(Box::new(choose)));
        self.kit.changed();
    }

    /// Removes all faults.
    pub fn heal(&self) {
        self.kit.faults.set(None);
        self.kit.delivery_faults.set(None);
        self.kit.changed();
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
    hosts: Hosts,
    destinations: Destinations,
    tell: Option<Tell>,
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
        self
    }

    /// Lets deliveries go to this host, beside those of this machine: the name or the address of a container, say. What it
    /// is told is then sent there unencrypted.
    #[must_use]
    pub fn deliver_to(mut self, host: impl AsRef<str>) -> Self {
        self.destinations.allow(host.as_ref());
        self
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
    pub fn start(self) -> io::Result<Emulator> {
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
        let base_url = format!("http://{}", server.address());
        Ok(Emulator { kit, server, base_url, api_key })
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("address", &self.address).finish_non_exhaustive()
    }
}
