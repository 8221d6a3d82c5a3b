use std::sync::Arc;
use std::time::Duration;

use kit_core::import::{Import, ImportJournal, ImportRow};
use kit_core::oauth::Refresh;
use kit_core::settings::{OnWait, Pacing, Patience, Unusable};
use kit_core::sync::{CatchUp, CatchUpStep, SyncError, SyncReport, SyncStep, Synced, Synchronize};
use kit_core::webhook_endpoints::DeliveryRecord;
use kit_core::{Call, Endpoint, Error, Kit, List, Pacer, Reserve, RetryPolicy, Step};

use crate::cancel::Cancel;
use crate::clock::now;
use crate::exchange::Exchange;
use crate::import_iter::ImportIter;
use crate::iter::{ItemIter, PageIter};
use crate::named_budget::NamedBudget;
use crate::oauth::Session;
use crate::wait::wait_for;
use crate::{Builder, ClientPacing, Principal};

/// How long a call waits that could not begin a thread.
const NO_THREAD: Duration = Duration::from_millis(20);

/// Sends operations to Kit and blocks until each is done.
///
/// A client is cheap to clone; clones share one pool of connections and one [`Pacer`]. To share a client
/// among threads, clone it or borrow it.
///
/// The client follows no redirect, so that a credential never reaches another host: a 3xx is an
/// [`Error::Api`]. The client uses the proxy that the environment names, except for Kit on this machine: see
/// [`Proxy`](crate::settings::Proxy).
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) kit: Kit,
    pub(crate) session: Option<Session>,
    pub(crate) pacer: Option<Pacer>,
    /// The budget of the pacer, if that is shared.
    pub(crate) budget: Option<NamedBudget>,
    pub(crate) patience: Patience,
    pub(crate) on_wait: OnWait,
    pub(crate) cancel: Cancel,
    /// The sender of requests; or, if it cannot be made, the setting at fault.
    pub(crate) exchange: Result<Arc<Exchange>, Unusable>,
}

impl Client {
    /// Makes a client for Kit at `https://api.kit.com`, with the defaults of [`Builder`].
    ///
    /// If a default cannot be used, every call returns an [`Error::Input`]: the environment holds no valid
    /// URL of a proxy, or this crate is built without TLS. [`Builder::build`] returns this error at once.
    pub fn new(principal: impl Into<Principal>) -> Self {
        Builder::of_defaults(principal.into())
    }

    /// Makes a builder, to choose the base URL, timeouts, limits, connections and middleware.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The same client with another timeout for calls; shares the connections and the pacer. For one call:
    /// `client.with_timeout(…).send(…)`.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        self.with(Patience { timeout, ..self.patience })
    }

    /// The same client with another timeout for attempts; shares the connections and the pacer.
    #[must_use]
    pub fn with_attempt_timeout(&self, attempt_timeout: Duration) -> Self {
        self.with(Patience { attempt_timeout, ..self.patience })
    }

    /// The same client with another retry policy; shares the connections and the pacer.
    #[must_use]
    pub fn with_retry(&self, retry: RetryPolicy) -> Self {
        self.with(Patience { retry, ..self.patience })
    }

    /// The same client with another pacer, or with none: a [`Pacer`](crate::Pacer) that other clients share, say, or a
    /// [`SharedPacer`](crate::SharedPacer) for all processes with the same credential. Shares the connections.
    #[must_use]
    pub fn with_pacing(&self, pacing: impl Into<ClientPacing>) -> Self {
        let (pacer, budget) = pacing.into().choose(self.kit.credentials(), self.session.as_ref());
        Self { pacer, budget, ..self.clone() }
    }

    /// The same client, whose calls end when `cancel` says so: shares the connections and the pacer.
    #[must_use]
    pub fn with_cancel(&self, cancel: &Cancel) -> Self {
        Self { cancel: cancel.clone(), ..self.clone() }
    }

    fn with(&self, patience: Patience) -> Self {
        Self { patience, ..self.clone() }
    }

    /// The same client for another account, with other credentials or another session; shares the
    /// connections. It gets the pacer of the session, or one of its own with the rate limit of the credentials,
    /// unless this client has no pacer.
    #[must_use]
    pub fn with_principal(&self, principal: impl Into<Principal>) -> Self {
        let Principal { credentials, session } = principal.into();
        let pacing = self.pacer.as_ref().map_or(Pacing::None, |_| Pacing::ByCredentials);
        let (pacer, budget) = ClientPacing::from(pacing).choose(&credentials, session.as_ref());
        let kit = self.kit.clone().with_credentials(credentials);
        Self { kit, session, pacer, budget, ..self.clone() }
    }

    /// Sends an operation, such as [`CreateWebhook`](crate::webhooks::CreateWebhook), and reads its
    /// reply.
    ///
    /// A request that fails is sent again if that is safe: see [`Call`]. A create that Kit may have
    /// applied is never sent again.
    ///
    /// # Errors
    ///
    /// - [`Error::Input`]: the operation, the credential or a setting cannot be used; nothing was sent;
    /// - [`Error::Transport`]: there was no response;
    /// - [`Error::Api`]: Kit answered with a status that is not a success;
    /// - [`Error::Reply`]: the status is a success, but the reply cannot be read as the operation's reply;
    /// - [`Error::Paced`]: the pacer would let the request go only after the timeout; it was not sent;
    /// - [`Error::Session`]: the session has no access token, and could not get one.
    pub fn send<E: Endpoint>(&self, endpoint: &E) -> Result<E::Reply, Error> {
        let exchange = self.exchange.as_ref().map_err(Unusable::error)?;
        let Patience { retry, timeout, attempt_timeout } = self.patience;
        let mut call = Call::new(&self.kit, endpoint, fastrand::u64(..))
            .with_retry(retry)
            .with_timeout(timeout);
        if let Some(pacer) = &self.pacer {
            call = call.with_pacer(pacer);
        }
        let mut time = now();
        loop {
            if self.cancel.is_cancelled() {
                return call.give_up();
            }
            match call.next(time) {
                Step::Send(request) => {
                    let left = call.time_left(time).min(attempt_timeout);
                    let outcome = exchange.run(request, left);
                    time = now();
                    match outcome {
                        Ok(response) => call.received(response, time),
                        Err(failure) => call.failed(failure, time),
                    }
                }
                Step::Done(result) => return result,
                Step::Wait(wait) => {
                    self.on_wait.tell(&call.operation(), wait);
                    wait_for(std::future::pending(), wait, &self.cancel);
                }
                Step::AwaitRefresh { refreshed, at_most } => {
                    self.on_wait.tell(&call.operation(), at_most);
                    wait_for(refreshed, at_most, &self.cancel);
                }
                Step::Refresh(refresh) => self.refresh(*refresh, exchange),
                Step::AwaitShare { change, at_most } => {
                    self.on_wait.tell(&call.operation(), at_most);
                    wait_for(change, at_most, &self.cancel);
                }
                Step::Reserve(reserve) if self.budget.is_some() => self.reserve(*reserve),
                step => return call.refuse(&step),
            }
            time = now();
        }
    }

    /// Brings Kit in step with what is wanted: creates what is missing, changes what differs, deletes what is there
    /// twice.
    ///
    /// # Errors
    ///
    /// [`SyncError`], with what was done before. The next `sync` does the rest.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_ureq::sync::{Scope, Synchronize};
    /// use kit_ureq::webhooks::{CreateWebhook, Event, Webhook};
    /// # let kit = kit_emulator::Emulator::start().unwrap();
    /// # let credentials = kit_ureq::Credentials::api_key(kit.api_key());
    /// # let client = kit_ureq::Client::builder().base_url(kit.base_url()).build(credentials)?;
    ///
    /// let wanted = [CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate)?];
    /// let report = client.sync(Synchronize::<Webhook>::new(wanted.clone(), Scope::Wanted)?)?;
    /// assert_eq!(report.created.len(), 1);
    /// let report = client.sync(Synchronize::<Webhook>::new(wanted, Scope::Wanted)?)?;
    /// assert_eq!((report.created.len(), report.kept.len()), (0, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sync<T: Synced>(&self, mut sync: Synchronize<T>) -> Result<SyncReport<T>, SyncError<T>> {
        loop {
            match sync.next() {
                SyncStep::Wait(wait) => {
                    self.on_wait.tell(&sync.operation(), wait);
                    wait_for(std::future::pending(), wait, &self.cancel);
                    sync.waited();
                }
                SyncStep::List(list) => sync.listed(self.send(&list)),
                SyncStep::Create(create) => sync.created(self.send(&create)),
                SyncStep::Update(update) => sync.updated(self.send(&update)),
                SyncStep::Delete(delete) => sync.deleted(self.send(&delete)),
                SyncStep::Done(result) => return result,
                _ => sync.fail(Error::input("sync", "the step is not supported by this transport")),
            }
        }
    }

    /// The next delivery that Kit has given up, with its payload; `None` where there are no others. Call
    /// [`CatchUp::taken`] when its events are safe.
    ///
    /// # Errors
    ///
    /// The errors of [`send`](Self::send). It can be called again.
    pub fn next_missed(&self, catch_up: &mut CatchUp) -> Result<Option<DeliveryRecord>, Error> {
        loop {
            match catch_up.next() {
                CatchUpStep::List(list) => catch_up.listed(self.send(&list)?),
                CatchUpStep::Get(get) => {
                    let record = self.send(&get)?;
                    catch_up.got();
                    return Ok(Some(record));
                }
                _ => return Ok(None),
            }
        }
    }

    /// Brings people over, with their custom fields and tags, and says what became of each: see [`Import`].
    ///
    /// `rows` are read as the import gets to them. With a journal, such as `kit_file_store::FileJournal`, an import that
    /// was killed goes on where it was; `()` is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_ureq::import::{Import, ImportRow};
    ///
    /// # let kit = kit_emulator::Emulator::start().unwrap();
    /// # let credentials = kit_ureq::Credentials::access_token(kit.access_token());
    /// # let client = kit_ureq::Client::builder().base_url(kit.base_url()).build(credentials)?;
    /// let rows = [ImportRow::new("ann@example.com").with_tag("VIP"), ImportRow::new("nobody")];
    /// let mut outcomes = Vec::new();
    /// for report in client.import(Import::new(), rows, ()) {
    ///     outcomes.push(report?.result.outcome.to_string());
    /// }
    /// assert_eq!(outcomes, ["created", "refused: email_address is no email address"]);
    /// # Ok::<(), kit_ureq::Error>(())
    /// ```
    pub fn import<R, J>(&self, import: Import, rows: R, journal: J) -> ImportIter<R::IntoIter, J>
    where
        R: IntoIterator<Item = ImportRow>,
        J: ImportJournal,
    {
        ImportIter::new(self.clone(), import, rows.into_iter(), journal)
    }

    /// Runs the refresh of the session on a thread of its own, so that it goes on after this call has ended: without
    /// the response, the tokens would be lost. A refresh that gets no thread counts as dropped.
    fn refresh(&self, refresh: Refresh, exchange: &Arc<Exchange>) {
        let Some(session) = self.session.clone() else { return };
        let (exchange, attempt_timeout) = (exchange.clone(), self.patience.attempt_timeout);
        let run = move || drop(session.run(refresh, Some((&exchange, attempt_timeout))));
        #[cfg(feature = "tracing")]
        let run = traced_as_here(run);
        drop(std::thread::Builder::new().name("kit-refresh".to_owned()).spawn(run));
    }

    /// Runs the reserve on a thread of its own: it serves the other calls, too. Without a thread, another call tries.
    fn reserve(&self, reserve: Reserve) {
        let Some(budget) = self.budget.clone() else { return };
        let run = move || budget.run(reserve);
        #[cfg(feature = "tracing")]
        let run = traced_as_here(run);
        if std::thread::Builder::new().name("kit-budget".to_owned()).spawn(run).is_err() {
            wait_for(std::future::pending(), NO_THREAD, &self.cancel);
        }
    }

    /// The pages of a list. Each page is requested when the iterator gets to it.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_ureq::webhooks::ListWebhooks;
    /// # let kit = kit_emulator::Emulator::start().unwrap();
    /// # let credentials = kit_ureq::Credentials::api_key(kit.api_key());
    /// # let client = kit_ureq::Client::builder().base_url(kit.base_url()).build(credentials)?;
    ///
    /// for page in client.pages(ListWebhooks::new()) {
    ///     println!("{} webhooks", page?.items.len());
    /// }
    /// # Ok::<(), kit_ureq::Error>(())
    /// ```
    pub fn pages<L: List>(&self, list: L) -> PageIter<L> {
        PageIter::new(self.clone(), list)
    }

    /// The items of a list, from all its pages. Each page is requested when the iterator gets to it.
    ///
    /// # Examples
    ///
    /// ```
    /// use kit_ureq::webhooks::{ListWebhooks, Webhook};
    /// # let kit = kit_emulator::Emulator::start().unwrap();
    /// # let credentials = kit_ureq::Credentials::api_key(kit.api_key());
    /// # let client = kit_ureq::Client::builder().base_url(kit.base_url()).build(credentials)?;
    ///
    /// let webhooks: Vec<Webhook> = client.items(ListWebhooks::new()).collect::<Result<_, _>>()?;
    /// # Ok::<(), kit_ureq::Error>(())
    /// ```
    pub fn items<L: List>(&self, list: L) -> ItemIter<L> {
        ItemIter::new(self.pages(list))
    }
}

/// Traces on another thread to the subscriber of this one, in the span of this one.
#[cfg(feature = "tracing")]
fn traced_as_here(run: impl FnOnce()) -> impl FnOnce() {
    let subscriber = tracing::dispatcher::get_default(Clone::clone);
    let span = tracing::Span::current();
    move || tracing::dispatcher::with_default(&subscriber, || span.in_scope(run))
}
