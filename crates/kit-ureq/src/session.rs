use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kit_core::oauth::{
    self, App, Record, Refresh, RefreshStep, SaveError, SessionError, Store, StoreError, Tokens,
};
use kit_core::{Credentials, Pacer, TransportError};

use crate::cancel::Cancel;
use crate::clock::now;
use crate::exchange::Exchange;
use crate::named_budget::NamedBudget;
use crate::wait::wait_for;

/// The tokens of one user, renewed automatically, with the store that keeps them: for a client of an app that
/// many accounts use.
///
/// Clones are one session, however many clients use it. [`kit_core::oauth::Session`] says when tokens are
/// renewed, and what happens where the store fails.
///
/// A call that begins a refresh runs it on a thread of its own: the refresh goes on after the call has ended, by its
/// timeout, say. Call [`wait_until_settled`](Self::wait_until_settled) before your program ends: otherwise new
/// tokens may be lost before they are saved.
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
    budget: Option<NamedBudget>,
}

impl Session {
    /// A session of `app` whose tokens `store` keeps. They are loaded when the first call needs them.
    pub fn new(app: App, store: impl Store + 'static) -> Self {
        Self::kept(oauth::Session::new(app), store, None)
    }

    /// A session of `app` without a store: its tokens are lost when the process ends.
    pub fn in_memory(app: App) -> Self {
        Self { inner: oauth::Session::in_memory(app), store: None, budget: None }
    }

    /// A session that others have, too, with its store, and the store of its budget.
    pub(crate) fn kept(
        inner: oauth::Session,
        store: impl Store + 'static,
        budget: Option<NamedBudget>,
    ) -> Self {
        Self { inner, store: Some(Arc::new(store)), budget }
    }

    /// The pacer of the session's clients, and its budget, if that is shared.
    pub(crate) fn budget(&self) -> Option<(Pacer, NamedBudget)> {
        let budget = self.budget.clone()?;
        Some((self.inner.shared_pacer(budget.process()), budget))
    }

    /// The session of the credentials, if they are one, without a store.
    pub(crate) fn of(credentials: &Credentials) -> Option<Self> {
        Some(Self { inner: credentials.as_session()?.clone(), store: None, budget: None })
    }

    pub(crate) fn credentials(&self) -> Credentials {
        Credentials::session(&self.inner)
    }

    /// Begins the session with new tokens, such as those of `ExchangeCode`, and saves them in place of the
    /// store's. Calls use the new tokens from now on, even if saving fails.
    ///
    /// # Errors
    ///
    /// [`SessionError::Load`] and [`SessionError::Save`] where the store fails, and [`SessionError::Busy`]
    /// where others keep saving at the same time. The tokens are then in this process alone, and the next
    /// calls try to save them.
    pub fn begin(&self, tokens: &Tokens) -> Result<(), SessionError> {
        let refresh = self.inner.begin(tokens, now());
        let refresh = refresh.map_err(|error| SessionError::NotRefreshed(Arc::new(error)))?;
        self.run(*refresh, None)
    }

    /// The newest tokens: those in the store, or those in use that could not be saved. `None` where there are
    /// none.
    ///
    /// # Errors
    ///
    /// [`SessionError::Load`] where the store cannot be read.
    pub fn tokens(&self) -> Result<Option<Tokens>, SessionError> {
        let tokens = self.inner.tokens_in_memory_alone();
        if tokens.is_some() || self.inner.is_in_memory() {
            return Ok(tokens);
        }
        let record = self.load().map_err(|error| SessionError::Load(error.into()))?;
        Ok(record.map(|record| record.tokens().clone()))
    }

    /// Why the newest tokens, which are in use, could not be saved. `None` where they are saved, or are being
    /// saved for the first time.
    pub fn unsaved(&self) -> Option<SessionError> {
        self.inner.unsaved()
    }

    /// Waits until no thread refreshes the session, but for `at_most` at most. Returns whether no
    /// thread does. Call this before your program ends: otherwise new tokens may be lost before they are
    /// saved.
    pub fn wait_until_settled(&self, at_most: Duration) -> bool {
        let start = Instant::now();
        while let Ok(Some((refreshed, within))) = self.inner.settles(now()) {
            let left = at_most.saturating_sub(start.elapsed());
            if left.is_zero() {
                return false;
            }
            wait_for(refreshed, within.min(left), &Cancel::new());
        }
        true
    }

    /// The app that the session belongs to.
    pub fn app(&self) -> &App {
        self.inner.app()
    }

    /// Runs a refresh to its end. `exchange` comes with the timeout of an attempt.
    pub(crate) fn run(
        &self,
        mut refresh: Refresh,
        exchange: Option<(&Exchange, Duration)>,
    ) -> Result<(), SessionError> {
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
                RefreshStep::Wait(duration) => std::thread::sleep(duration),
                RefreshStep::Done(result) => return result,
                _ => return Err(SessionError::Dropped),
            }
        }
    }

    fn load(&self) -> Result<Option<Record>, StoreError> {
        let store = self.store()?;
        unpanicking(|| store.load())
    }

    fn save(&self, record: &Record) -> Result<(), SaveError> {
        let store = self.store()?;
        unpanicking(|| store.save(record))
    }

    fn store(&self) -> Result<&dyn Store, StoreError> {
        self.store.as_deref().ok_or_else(|| {
            "the client was given credentials, and no `kit_ureq::oauth::Session` with a store"
                .into()
        })
    }
}

/// What the store does. A panic of the store becomes an error, so that a refresh does not end by it.
pub(crate) fn unpanicking<T, E: From<&'static str>>(
    act: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(|_| Err("the store panicked".into()))
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
