use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kit_core::oauth::{
    self, App, Record, Refresh, RefreshStep, SaveError, SessionError, StoreError, Tokens,
};
use kit_core::{Credentials, TransportError};

use crate::clock::now;
use crate::exchange::Exchange;
use crate::oauth::Store;
use crate::store::Erased;

/// An access token that renews itself, with the store that keeps it: what a client of an app that many accounts
/// use is built with.
///
/// Clones are one session, however many clients use it. When tokens are renewed, and what comes of a store
/// that fails, is with [`kit_core::oauth::Session`].
///
/// A refresh is a task of the runtime that the call runs in which begins it: dropping the call does not end it.
/// The runtime has to be driven until the refresh has ended. A multi-threaded one is; one of a single thread,
/// whose `block_on` is called now and then, is driven only in between: the calls of other threads wait for the
/// refresh then, for a minute at most. A program that ends, and one that shuts its runtime down, should await
/// [`settled`](Self::settled) before, or tokens that Kit has given may be lost.
///
/// # Examples
///
/// ```no_run
/// use kit_hyper::Client;
/// use kit_hyper::oauth::{App, Session, Tokens};
///
/// # async fn example(store: impl kit_hyper::oauth::Store + 'static, tokens: Tokens) -> Result<(), Box<dyn std::error::Error>> {
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
    /// they are used, also where they could not be saved, or where this is dropped before its end.
    ///
    /// # Errors
    ///
    /// [`SessionError::Load`] and [`SessionError::Save`], where the store fails, and [`SessionError::Busy`]
    /// where somebody else goes on saving: the session lives in this process alone then, and the next calls
    /// try to save it.
    pub async fn begin(&self, tokens: &Tokens) -> Result<(), SessionError> {
        let refresh = self.inner.begin(tokens, now());
        let refresh = refresh.map_err(|error| SessionError::NotRefreshed(Arc::new(error)))?;
        self.run(*refresh, None).await
    }

    /// The newest tokens: those that the store keeps, or those in use where they could not be saved.
    ///
    /// # Errors
    ///
    /// [`SessionError::Load`].
    pub async fn tokens(&self) -> Result<Option<Tokens>, SessionError> {
        let tokens = self.inner.tokens_in_memory_alone();
        if tokens.is_some() || self.inner.is_in_memory() {
            return Ok(tokens);
        }
        let record = self.load().await.map_err(|error| SessionError::Load(error.into()))?;
        Ok(record.map(|record| record.tokens().clone()))
    }

    /// Why the store does not keep the newest tokens, which are in use all the same. `None` where it does.
    pub fn unsaved(&self) -> Option<SessionError> {
        self.inner.unsaved()
    }

    /// Ready when no refresh is under way: to be awaited before a program ends, so that no tokens are lost. A
    /// refresh whose runtime is gone is waited for no longer than 60 seconds.
    pub async fn settled(&self) {
        while let Ok(Some((refreshed, within))) = self.inner.settles(now()) {
            let _ = tokio::time::timeout(within, refreshed).await;
        }
    }

    /// Whose session it is.
    pub fn app(&self) -> &App {
        self.inner.app()
    }

    /// Runs a refresh to its end. With the exchange comes the timeout of an attempt.
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
