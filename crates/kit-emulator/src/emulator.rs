use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use bytes::Bytes;
use http::Request;

use crate::account::Account;
use crate::builder::Builder;
use crate::control::Controlled as _;
use crate::local_kit::{LocalKit, is_idle};
use crate::outbox::{Delivery, DeliveryFault};
use crate::rows::{self, Webhook, WebhookEndpoint};
use crate::server::{Fault, Server};
use crate::world::{App, Consent, IssuedTokens};

pub(crate) const ACCESS_TOKEN: &str = "kit_emulator_access_token";
pub(crate) const CLIENT_ID: &str = "kit_emulator_client_id";
pub(crate) const CLIENT_SECRET: &str = "kit_emulator_client_secret";

/// A running emulator of Kit. It stops when it is dropped.
pub struct Emulator {
    kit: Arc<LocalKit>,
    /// Serves until it is dropped.
    server: Server,
    base_url: String,
    api_key: String,
}

impl Emulator {
    pub(crate) fn new(kit: Arc<LocalKit>, server: Server, api_key: String) -> Self {
        let base_url = format!("http://{}", server.address());
        Self { kit, server, base_url, api_key }
    }

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
        Builder::new()
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

    /// The last requests, oldest first, with the first 64 KiB of their bodies: 50,000, or as many as take 128 MiB together with
    /// their replies. They hold the credentials.
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
