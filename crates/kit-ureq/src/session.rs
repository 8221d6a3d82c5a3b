use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kit_core::oauth::{
    self, App, Record, Refresh, RefreshStep, SaveError, SessionError, Store, StoreError, Tokens,
};
use kit_core::{Credentials, TransportError};

use crate::clock::now;
use crate::exchange::Exchange;
use crate::wait::wait_for;

/// An access token that renews itself, with the store that keeps it: what a client of an app that many accounts
/// use is built with.
///
/// Clones are one session, however many clients use it. When tokens are renewed, and what comes of a store
/// that fails, is with [`kit_core::oauth::Session`]. A refresh runs on the thread of the call that begins it;
/// once its request is sent, it goes on beyond the timeout of that call until it is answered, for
/// [`attempt_timeout`](crate::Builder::attempt_timeout) at most: to stop in the middle would lose the session.
///
/// # Examples
///
/// ```no_run
/// use kit_ureq::Client;
/// use kit_ureq::oauth::{App, Session, Tokens};
///
/// # fn example(store: impl kit_ureq::oauth::Store + 'static, tokens: Tokens) -> Result<(), Box<dyn std::error::Error>> {
/// let session = Session::new(App::confidential("client-id", "client-secret"), store);
/// session.begin(&tokens)?; // once, with what came of `ExchangeCode`
/// let client = Client::new(&session);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Session {
    inner: oauth::Session,
    store: Option<Arc<dyn Store>>,
}

impl Session {
    /// The session of the app that `store` keeps. It is read when the first call needs it.
    pub fn new(app: App, store: impl Store + 'static) -> Self {
        Self { inner: oauth::Session::new(app), store: Some(Arc::new(store)) }
    }

    /// A session of the app that ends with the process.
    pub fn in_memory(app: App) -> Self {
        Self { inner: oauth::Session::in_memory(app), store: None }
    }

    /// A session without the store that it wants, if it wants one.
    pub(crate) fn of(credentials: &Credentials) -> Option<Self> {
        Some(Self { inner: credentials.as_session()?.clone(), store: None })
    }

    pub(crate) fn credentials(&self) -> Credentials {
        Credentials::session(&self.inner)
    }

    /// Begins the session with tokens that were just got, in place of those that the store keeps. From now on
    /// they are used, also where they could not be saved.
    ///
    /// # Errors
    ///
    /// [`SessionError::Load`] and [`SessionError::Save`], where the store fails, and [`SessionError::Busy`]
    /// where somebody else goes on saving: the session lives in this process alone then, and the next calls
    /// try to save it.
    pub fn begin(&self, tokens: &Tokens) -> Result<(), SessionError> {
        let refresh = self.inner.begin(tokens, now());
        let refresh = refresh.map_err(|error| SessionError::NotRefreshed(Arc::new(error)))?;
        self.run(*refresh, None, Duration::MAX)
    }

    /// The newest tokens: those that the store keeps, or those in use where they could not be saved.
    ///
    /// # Errors
    ///
    /// [`SessionError::Load`].
    pub fn tokens(&self) -> Result<Option<Tokens>, SessionError> {
        let tokens = self.inner.tokens_in_memory_alone();
        if tokens.is_some() || self.inner.is_in_memory() {
            return Ok(tokens);
        }
        let record = self.load().map_err(|error| SessionError::Load(error.into()))?;
        Ok(record.map(|record| record.tokens().clone()))
    }

    /// Why the store does not keep the newest tokens, which are in use all the same. `None` where it does.
    pub fn unsaved(&self) -> Option<SessionError> {
        self.inner.unsaved()
    }

    /// Waits until no other thread refreshes the session, or for so long: before a program ends, so that no
    /// tokens are lost. Whether none does.
    pub fn wait_until_settled(&self, at_most: Duration) -> bool {
        let start = Instant::now();
        while let Ok(Some((refreshed, within))) = self.inner.settles(now()) {
            let left = at_most.saturating_sub(start.elapsed());
            if left.is_zero() {
                return false;
            }
            wait_for(refreshed, within.min(left));
        }
        true
    }

    /// Whose session it is.
    pub fn app(&self) -> &App {
        self.inner.app()
    }

    /// Runs a refresh to its end, or until there is no time left for the call that runs it. Where something
    /// would be lost otherwise, this takes longer than there is time. With the exchange comes the timeout of
    /// an attempt.
    pub(crate) fn run(
        &self,
        mut refresh: Refresh,
        exchange: Option<(&Exchange, Duration)>,
        time_left: Duration,
    ) -> Result<(), SessionError> {
        let start = Instant::now();
        loop {
            match refresh.next(now()) {
                RefreshStep::Load => refresh.loaded(self.load(), now()),
                RefreshStep::Save(record) => refresh.saved(self.save(&record), now()),
                RefreshStep::Send(request) => {
                    let outcome = match exchange {
                        Some((exchange, attempt_timeout)) => {
                            exchange.run(request, refresh.time_left(now()).min(attempt_timeout))
                        }
                        None => Err(TransportError::NotSent("there is no client here".into())),
                    };
                    match outcome {
                        Ok(response) => refresh.received(response, now()),
                        Err(failure) => refresh.failed(failure, now()),
                    }
                }
                RefreshStep::Wait(duration) => {
                    let left = time_left.saturating_sub(start.elapsed());
                    if duration > left && refresh.can_be_given_up() {
                        refresh.give_up(now());
                    } else {
                        std::thread::sleep(duration);
                    }
                }
                RefreshStep::Done(result) => return result,
                _ => return Err(SessionError::Dropped),
            }
        }
    }

    fn load(&self) -> Result<Option<Record>, StoreError> {
        let store = self.store()?;
        catch_unwind(AssertUnwindSafe(|| store.load())).unwrap_or_else(|_| Err(PANICKED.into()))
    }

    fn save(&self, record: &Record) -> Result<(), SaveError> {
        let store = self.store()?;
        catch_unwind(AssertUnwindSafe(|| store.save(record)))
            .unwrap_or_else(|_| Err(PANICKED.into()))
    }

    fn store(&self) -> Result<&dyn Store, StoreError> {
        self.store.as_deref().ok_or_else(|| {
            "the client was given credentials, and no `kit_ureq::oauth::Session` with a store"
                .into()
        })
    }
}

const PANICKED: &str = "the store panicked";

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
