use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kit_core::oauth::{
    self, App, Record, Refresh, RefreshStep, SaveError, SessionError, StoreError, Tokens,
};
use kit_core::{Credentials, Pacer, TransportError};

use crate::clock::now;
use crate::exchange::Exchange;
use crate::named_budget::NamedBudget;
use crate::oauth::AsyncStore;
use crate::store::Erased;

/// The tokens of one user, renewed automatically, with the store that keeps them: for a client of an app that
/// many accounts use.
///
/// Clones are one session, however many clients use it. [`kit_core::oauth::Session`] says when tokens are
/// renewed, and what happens where the store fails.
///
/// A call that begins a refresh runs it as a task of its own, on the same runtime: dropping the call does not
/// end the refresh. The runtime has to run until the refresh has ended. A multi-thread runtime always runs. A
/// current-thread runtime runs only during `block_on`: in between the refresh stands still, and calls on
/// other threads wait for it, for a minute at most. Await [`settled`](Self::settled) before your program ends
/// or shuts its runtime down: otherwise new tokens may be lost before they are saved.
///
/// # Examples
///
/// ```no_run
/// use kit_hyper::Client;
/// use kit_hyper::oauth::{App, Session, Tokens};
///
/// # async fn example(store: impl kit_hyper::oauth::AsyncStore + 'static, tokens: Tokens) -> Result<(), Box<dyn std::error::Error>> {
/// let session = Session::new(App::confidential("client-id", "client-secret"), store);
/// session.begin(&tokens).await?; // once, with what came of `ExchangeCode`
/// let client = Client::new(&session);
/// // …
/// session.settled().await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Session {
    inner: oauth::Session,
    store: Option<Arc<dyn Erased>>,
    budget: Option<NamedBudget>,
}

impl Session {
    /// A session of `app` whose tokens `store` keeps. They are loaded when the first call needs them.
    pub fn new(app: App, store: impl AsyncStore + 'static) -> Self {
        Self::kept(oauth::Session::new(app), store, None)
    }

    /// A session of `app` without a store: its tokens are lost when the process ends.
    pub fn in_memory(app: App) -> Self {
        Self { inner: oauth::Session::in_memory(app), store: None, budget: None }
    }

    /// A session that others have, too, with its store, and the store of its budget.
    pub(crate) fn kept(
        inner: oauth::Session,
        store: impl AsyncStore + 'static,
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
    /// store's. Calls use the new tokens from the first poll on, even if saving fails or the future is
    /// dropped before its end.
    ///
    /// # Errors
    ///
    /// [`SessionError::Load`] and [`SessionError::Save`] where the store fails, and [`SessionError::Busy`]
    /// where others keep saving at the same time. The tokens are then in this process alone, and the next
    /// calls try to save them.
    pub async fn begin(&self, tokens: &Tokens) -> Result<(), SessionError> {
        let refresh = self.inner.begin(tokens, now());
        let refresh = refresh.map_err(|error| SessionError::NotRefreshed(Arc::new(error)))?;
        self.run(*refresh, None).await
    }

    /// The newest tokens: those in the store, or those in use that could not be saved. `None` where there are
    /// none.
    ///
    /// # Errors
    ///
    /// [`SessionError::Load`] where the store cannot be read.
    pub async fn tokens(&self) -> Result<Option<Tokens>, SessionError> {
        let tokens = self.inner.tokens_in_memory_alone();
        if tokens.is_some() || self.inner.is_in_memory() {
            return Ok(tokens);
        }
        let record = self.load().await.map_err(|error| SessionError::Load(error.into()))?;
        Ok(record.map(|record| record.tokens().clone()))
    }

    /// Why the newest tokens, which are in use, could not be saved. `None` where they are saved, or are being
    /// saved for the first time.
    pub fn unsaved(&self) -> Option<SessionError> {
        self.inner.unsaved()
    }

    /// Waits until no refresh is under way. Await this before your program ends: otherwise new tokens may be
    /// lost before they are saved. For a refresh whose runtime has ended, this waits at most 60 seconds.
    pub async fn settled(&self) {
        while let Ok(Some((refreshed, within))) = self.inner.settles(now()) {
            let _ = tokio::time::timeout(within, refreshed).await;
        }
    }

    /// The app that the session belongs to.
    pub fn app(&self) -> &App {
        self.inner.app()
    }

    /// Runs a refresh to its end. `exchange` comes with the timeout of an attempt.
    pub(crate) async fn run(
        &self,
        mut refresh: Refresh,
        exchange: Option<(&Exchange, Duration)>,
    ) -> Result<(), SessionError> {
        loop {
            match refresh.next(now()) {
                RefreshStep::Load => refresh.loaded(self.load().await, now()),
                RefreshStep::Save(record) => refresh.saved(self.save(&record).await, now()),
                RefreshStep::Send(request) => {
                    let outcome = match exchange {
                        Some((exchange, attempt_timeout)) => {
                            let timeout = refresh.time_left(now()).min(attempt_timeout);
                            exchange.run(request, timeout).await
                        }
                        None => Err(TransportError::NotSent("there is no client here".into())),
                    };
                    match outcome {
                        Ok(response) => refresh.received(response, now()),
                        Err(failure) => refresh.failed(failure, now()),
                    }
                }
                RefreshStep::Wait(duration) => tokio::time::sleep(duration).await,
                RefreshStep::Done(result) => return result,
                _ => return Err(SessionError::Dropped),
            }
        }
    }

    async fn load(&self) -> Result<Option<Record>, StoreError> {
        self.store()?.load().await
    }

    async fn save(&self, record: &Record) -> Result<(), SaveError> {
        self.store()?.save(record).await
    }

    fn store(&self) -> Result<&dyn Erased, StoreError> {
        self.store.as_deref().ok_or_else(|| {
            "the client was given credentials, and no `kit_hyper::oauth::Session` with a store"
                .into()
        })
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
