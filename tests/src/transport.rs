//! Both transports behind one trait, so that a test is written once.

use std::sync::Arc;
use std::time::Duration;

use kit_core::oauth::{
    App, ListedSessions, SessionError, SessionStore, Store, StoredSession, Tokens,
};
use kit_core::settings::{Certificate, Pacing, Proxy, Roots, Settings};
use kit_core::sync::{SyncError, SyncReport, Synced, Synchronize};
use kit_core::{Credentials, Endpoint, Error, List, Page, RetryPolicy};
use kit_emulator::Emulator;
use rustls::pki_types::CertificateDer;
use tokio::runtime::{self, Runtime};

/// How long a refresh may take. Shorter than its lease: nothing in these tests is to wait for that.
const SETTLED: Duration = Duration::from_secs(50);

/// How a client is to be built.
#[derive(Clone, Debug)]
pub struct Setup {
    /// As whom, where no session says so.
    pub credentials: Credentials,
    /// All else.
    pub settings: Settings,
}

impl Setup {
    /// For a server: one attempt, without a pacer, with timeouts that no test runs into unless it asks for
    /// that.
    pub fn new(base_url: impl Into<String>) -> Self {
        let mut settings = Settings::default();
        settings.base_url = Some(base_url.into());
        settings.retry = RetryPolicy::none();
        settings.pacing = Pacing::None;
        settings.timeout = Duration::from_secs(3600);
        settings.attempt_timeout = Duration::from_secs(60);
        settings.connect_timeout = Duration::from_secs(60);
        settings.max_response_size = 64 * 1024;
        settings.proxy = Proxy::None;
        Self { credentials: Credentials::api_key(crate::secrets::SECRET), settings }
    }

    /// For a server of any host, over http, too.
    pub fn in_the_clear(base_url: impl Into<String>) -> Self {
        let base_url = base_url.into();
        Self::new("http://127.0.0.1").with(|settings| settings.plaintext_base_url = Some(base_url))
    }

    /// For an emulator, with its key.
    pub fn of(emulator: &Emulator) -> Self {
        Self::new(emulator.base_url()).as_whom(Credentials::api_key(emulator.api_key()))
    }

    /// The same as somebody else.
    #[must_use]
    pub fn as_whom(self, credentials: Credentials) -> Self {
        Self { credentials, ..self }
    }

    /// The same with other settings.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// The same, trusting this authority and no other.
    #[must_use]
    pub fn trusting(self, root: &CertificateDer<'static>) -> Self {
        let root = Certificate::new(root.to_vec());
        self.with(|settings| settings.roots = Roots::Only(vec![root]))
    }
}

/// A client, used from a thread that waits for it.
pub trait Transport: Clone + Send + Sync {
    /// How many connections a caller may cost that sends one request after the other.
    ///
    /// hyper opens another one where the last has not found its way back into the pool yet.
    const CONNECTIONS_PER_CALLER: usize;

    /// Whether it tells a connection that ends from one whose end TLS has announced.
    const SEES_AN_UNANNOUNCED_END: bool;

    /// The session that brings a store.
    type Session: TransportSession;

    /// The sessions of many accounts, with their store.
    type Sessions: TransportSessions<Self>;

    /// A new client with a pool of its own.
    fn new(setup: Setup) -> Self {
        Self::build(setup).expect("a client")
    }

    /// A new client with a pool of its own.
    ///
    /// # Errors
    ///
    /// The errors of the builder.
    fn build(setup: Setup) -> Result<Self, Error>;

    /// A new client with a pool of its own, of a session.
    fn with_session(setup: Setup, session: &Self::Session) -> Self;

    /// The same client for the account of a session.
    #[must_use]
    fn as_session(&self, session: &Self::Session) -> Self;

    /// Sends an operation and waits for its end.
    ///
    /// # Errors
    ///
    /// The errors of the client.
    fn send<E: Endpoint>(&self, endpoint: &E) -> Result<E::Reply, Error>;

    /// Brings Kit in step.
    ///
    /// # Errors
    ///
    /// The errors of the client.
    fn sync<T: Synced>(&self, sync: Synchronize<T>) -> Result<SyncReport<T>, SyncError<T>>;

    /// Waits until no refresh of the session is under way, and drives what this client has begun.
    fn settle(&self, session: &Self::Session);

    /// The first pages of a list, up to so many, and what comes behind an error.
    fn pages<L>(&self, list: L, at_most: usize) -> Vec<Result<Page<L::Item>, Error>>
    where
        L: List + Send + Sync + 'static,
        L::Item: Send;

    /// The first items of a list, up to so many, and what comes behind an error.
    fn items<L>(&self, list: L, at_most: usize) -> Vec<Result<L::Item, Error>>
    where
        L: List + Send + Sync + 'static,
        L::Item: Send;
}

/// A session with its store, used from a thread that waits for it.
pub trait TransportSession: Clone + Send + Sync {
    /// The session that this store keeps.
    fn new(app: App, store: impl Store + 'static) -> Self;

    /// Begins it.
    ///
    /// # Errors
    ///
    /// Panics if the store fails.
    fn begin(&self, tokens: &Tokens) -> Result<(), SessionError>;

    /// The newest tokens.
    fn tokens(&self) -> Option<Tokens>;

    /// Why they are not saved.
    fn unsaved(&self) -> Option<SessionError>;
}

/// The sessions of many accounts, used from a thread that waits for them.
pub trait TransportSessions<T: Transport>: Clone + Send + Sync {
    /// The sessions that this store keeps.
    fn new(app: App, store: impl SessionStore + 'static) -> Self;

    /// The same with another idle time.
    #[must_use]
    fn with_idle_time(self, idle: Duration) -> Self;

    /// The session of an account.
    fn get(&self, key: &str) -> T::Session;

    /// The sessions in the store.
    ///
    /// # Errors
    ///
    /// Those of the store.
    fn list(
        &self,
        which: ListedSessions,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredSession>, SessionError>;

    /// Ends the session of an account.
    ///
    /// # Errors
    ///
    /// Those of the client and of the store.
    fn end(&self, key: &str, client: &T) -> Result<(), Error>;

    /// How many are in memory.
    fn count(&self) -> usize;
}

impl TransportSessions<kit_ureq::Client> for kit_ureq::oauth::Sessions {
    fn new(app: App, store: impl SessionStore + 'static) -> Self {
        Self::new(app, store)
    }

    fn with_idle_time(self, idle: Duration) -> Self {
        self.with_idle_time(idle)
    }

    fn get(&self, key: &str) -> kit_ureq::oauth::Session {
        self.get(key)
    }

    fn list(
        &self,
        which: ListedSessions,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredSession>, SessionError> {
        self.list(which, after, limit)
    }

    fn end(&self, key: &str, client: &kit_ureq::Client) -> Result<(), Error> {
        self.end(key, client)
    }

    fn count(&self) -> usize {
        self.len()
    }
}

impl TransportSession for kit_ureq::oauth::Session {
    fn new(app: App, store: impl Store + 'static) -> Self {
        Self::new(app, store)
    }

    fn begin(&self, tokens: &Tokens) -> Result<(), SessionError> {
        self.begin(tokens)
    }

    fn tokens(&self) -> Option<Tokens> {
        self.tokens().expect("tokens")
    }

    fn unsaved(&self) -> Option<SessionError> {
        self.unsaved()
    }
}

impl Transport for kit_ureq::Client {
    const CONNECTIONS_PER_CALLER: usize = 1;

    const SEES_AN_UNANNOUNCED_END: bool = false;

    type Session = kit_ureq::oauth::Session;

    type Sessions = kit_ureq::oauth::Sessions;

    fn build(setup: Setup) -> Result<Self, Error> {
        Self::builder().settings(setup.settings).build(setup.credentials)
    }

    fn with_session(setup: Setup, session: &Self::Session) -> Self {
        Self::builder().settings(setup.settings).build(session).expect("a client")
    }

    fn as_session(&self, session: &Self::Session) -> Self {
        self.with_principal(session)
    }

    fn send<E: Endpoint>(&self, endpoint: &E) -> Result<E::Reply, Error> {
        self.send(endpoint)
    }

    fn sync<T: Synced>(&self, sync: Synchronize<T>) -> Result<SyncReport<T>, SyncError<T>> {
        self.sync(sync)
    }

    fn settle(&self, session: &Self::Session) {
        assert!(session.wait_until_settled(SETTLED), "a refresh does not end");
    }

    fn pages<L>(&self, list: L, at_most: usize) -> Vec<Result<Page<L::Item>, Error>>
    where
        L: List + Send + Sync + 'static,
        L::Item: Send,
    {
        self.pages(list).take(at_most).collect()
    }

    fn items<L>(&self, list: L, at_most: usize) -> Vec<Result<L::Item, Error>>
    where
        L: List + Send + Sync + 'static,
        L::Item: Send,
    {
        self.items(list).take(at_most).collect()
    }
}

/// kit-hyper on a runtime of one thread: the one that waits.
#[derive(Clone, Debug)]
pub struct HyperOnCurrentThread(Hyper);

/// kit-hyper on a runtime with threads of its own.
#[derive(Clone, Debug)]
pub struct HyperOnThreads(Hyper);

#[derive(Clone, Debug)]
struct Hyper {
    client: kit_hyper::Client,
    runtime: Arc<Runtime>,
}

fn on_current_thread() -> Arc<Runtime> {
    Arc::new(runtime::Builder::new_current_thread().enable_all().build().expect("a runtime"))
}

fn on_threads() -> Arc<Runtime> {
    let mut runtime = runtime::Builder::new_multi_thread();
    Arc::new(runtime.worker_threads(2).enable_all().build().expect("a runtime"))
}

impl Hyper {
    fn new(
        settings: Settings,
        principal: impl Into<kit_hyper::Principal>,
        runtime: Arc<Runtime>,
    ) -> Result<Self, Error> {
        let client = kit_hyper::Client::builder().settings(settings).build(principal)?;
        Ok(Self { client, runtime })
    }

    async fn first<T>(at_most: usize, mut next: impl AsyncFnMut() -> Option<T>) -> Vec<T> {
        let mut first = Vec::new();
        while first.len() < at_most
            && let Some(one) = next().await
        {
            first.push(one);
        }
        first
    }
}

/// A session of kit-hyper, whose own futures run on the thread that waits.
#[derive(Clone, Debug)]
pub struct HyperSession(kit_hyper::oauth::Session);

impl TransportSession for HyperSession {
    fn new(app: App, store: impl Store + 'static) -> Self {
        Self(kit_hyper::oauth::Session::new(app, kit_hyper::oauth::Blocking::new(store)))
    }

    fn begin(&self, tokens: &Tokens) -> Result<(), SessionError> {
        on_current_thread().block_on(self.0.begin(tokens))
    }

    fn tokens(&self) -> Option<Tokens> {
        on_current_thread().block_on(self.0.tokens()).expect("tokens")
    }

    fn unsaved(&self) -> Option<SessionError> {
        self.0.unsaved()
    }
}

/// The sessions of kit-hyper, whose own futures run on the thread that waits.
#[derive(Clone, Debug)]
pub struct HyperSessions(kit_hyper::oauth::Sessions);

macro_rules! impl_transport {
    ($transport:ident on $runtime:ident) => {
        impl TransportSessions<$transport> for HyperSessions {
            fn new(app: App, store: impl SessionStore + 'static) -> Self {
                let store = kit_hyper::oauth::Blocking::new(store);
                Self(kit_hyper::oauth::Sessions::new(app, store))
            }

            fn with_idle_time(self, idle: Duration) -> Self {
                Self(self.0.with_idle_time(idle))
            }

            fn get(&self, key: &str) -> HyperSession {
                HyperSession(self.0.get(key))
            }

            fn list(
                &self,
                which: ListedSessions,
                after: Option<&str>,
                limit: usize,
            ) -> Result<Vec<StoredSession>, SessionError> {
                on_current_thread().block_on(self.0.list(which, after, limit))
            }

            fn end(&self, key: &str, client: &$transport) -> Result<(), Error> {
                client.0.runtime.block_on(self.0.end(key, &client.0.client))
            }

            fn count(&self) -> usize {
                self.0.len()
            }
        }

        impl Transport for $transport {
            const CONNECTIONS_PER_CALLER: usize = 8;

            const SEES_AN_UNANNOUNCED_END: bool = !cfg!(feature = "native-tls");

            type Session = HyperSession;

            type Sessions = HyperSessions;

            fn build(setup: Setup) -> Result<Self, Error> {
                Hyper::new(setup.settings, setup.credentials, $runtime()).map(Self)
            }

            fn with_session(setup: Setup, session: &Self::Session) -> Self {
                Self(Hyper::new(setup.settings, &session.0, $runtime()).expect("a client"))
            }

            fn as_session(&self, session: &Self::Session) -> Self {
                let client = self.0.client.with_principal(&session.0);
                Self(Hyper { client, runtime: self.0.runtime.clone() })
            }

            fn send<E: Endpoint>(&self, endpoint: &E) -> Result<E::Reply, Error> {
                self.0.runtime.block_on(self.0.client.send(endpoint))
            }

            fn sync<T: Synced>(&self, sync: Synchronize<T>) -> Result<SyncReport<T>, SyncError<T>> {
                self.0.runtime.block_on(self.0.client.sync(sync))
            }

            fn settle(&self, session: &Self::Session) {
                let settled = async { tokio::time::timeout(SETTLED, session.0.settled()).await };
                self.0.runtime.block_on(settled).expect("a refresh that ends");
            }

            fn pages<L>(&self, list: L, at_most: usize) -> Vec<Result<Page<L::Item>, Error>>
            where
                L: List + Send + Sync + 'static,
                L::Item: Send,
            {
                let mut pages = self.0.client.pages(list);
                self.0.runtime.block_on(Hyper::first(at_most, async || pages.next().await))
            }

            fn items<L>(&self, list: L, at_most: usize) -> Vec<Result<L::Item, Error>>
            where
                L: List + Send + Sync + 'static,
                L::Item: Send,
            {
                let mut items = self.0.client.items(list);
                self.0.runtime.block_on(Hyper::first(at_most, async || items.next().await))
            }
        }
    };
}

impl_transport!(HyperOnCurrentThread on on_current_thread);
impl_transport!(HyperOnThreads on on_threads);

/// Makes a test on each transport of each function, which takes the transport as its type.
#[macro_export]
macro_rules! on_each_transport {
    ($($test:ident),+ $(,)?) => {
        mod ureq {
            $(#[test] fn $test() { super::$test::<kit_ureq::Client>(); })+
        }
        mod hyper_on_current_thread {
            $(#[test] fn $test() { super::$test::<$crate::transport::HyperOnCurrentThread>(); })+
        }
        mod hyper_on_threads {
            $(#[test] fn $test() { super::$test::<$crate::transport::HyperOnThreads>(); })+
        }
    };
}
