use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kit_core::budgets::AsyncBudgetStore;
use kit_core::oauth::{
    self, App, ListedSessions, Record, RevokeToken, SaveError, SessionError, StoreError,
    StoredSession,
};
use kit_core::{Credentials, Error};

use crate::Client;
use crate::budget_store::ErasedBudgets;
use crate::clock::now;
use crate::named_budget::NamedBudget;
use crate::oauth::{AsyncSessionStore, AsyncStore};
use crate::session::Session;
use crate::session_store::ErasedSessions;

/// The sessions of all accounts that have installed an app, with the store that keeps them.
///
/// Clones share the sessions. [`get`](Self::get) gives *the* session of an account in this process, so that one call
/// refreshes its tokens for all. Other processes with the same store take turns, as [`kit_core::oauth::Session`] says.
///
/// # Examples
///
/// ```
/// use kit_hyper::Client;
/// use kit_hyper::oauth::{App, Blocking, ListedSessions, MemorySessions, Sessions, Tokens};
///
/// # async fn example(tokens: &Tokens) -> Result<(), Box<dyn std::error::Error>> {
/// let app = App::confidential("client-id", "client-secret");
/// let sessions = Sessions::new(app, Blocking::new(MemorySessions::default())); // in place of a database
/// let client = Client::new(kit_hyper::Credentials::none());
///
/// // When an account has installed the app:
/// sessions.get("account-9").begin(tokens).await?; // what came of `ExchangeCode`
///
/// // Whenever the app calls Kit as that account:
/// let as_account = client.with_principal(sessions.get("account-9"));
///
/// // From time to time: the accounts whose users have to authorize the app again.
/// for session in sessions.list(ListedSessions::NeedAuthorization, None, 100).await? {
///     println!("{}", session.key);
/// }
///
/// // When an account leaves:
/// sessions.end("account-9", &client).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Sessions {
    inner: Arc<oauth::Sessions>,
    store: Arc<dyn ErasedSessions>,
    /// The store of budgets, with the number of this process: the same for the pacer of an account that comes and goes.
    budgets: Option<(Arc<dyn ErasedBudgets>, u64)>,
}

impl Sessions {
    /// The sessions of `app`, which `store` keeps. A session that nobody has used for an hour is forgotten by this
    /// process, and loaded again when it is used.
    pub fn new(app: App, store: impl AsyncSessionStore + 'static) -> Self {
        let inner = Arc::new(oauth::Sessions::new(app));
        Self { inner, store: Arc::new(store), budgets: None }
    }

    /// The same with another idle time. Set it before the first session is used. Default: 1 hour.
    #[must_use]
    pub fn with_idle_time(self, idle: Duration) -> Self {
        let inner = oauth::Sessions::new(self.app().clone()).with_idle_time(idle);
        Self { inner: Arc::new(inner), ..self }
    }

    /// The same, whose clients share Kit's rate limit with other processes: each account has a budget under its key in
    /// `store`, unless the client is given another pacer. [`Pacer::shared`](kit_core::Pacer::shared) says how the budget is
    /// shared. Default: the limit is for this process alone.
    #[must_use]
    pub fn with_budgets(self, store: impl AsyncBudgetStore + 'static) -> Self {
        Self { budgets: Some((Arc::new(store), fastrand::u64(..))), ..self }
    }

    /// The session of the account with this key. Its tokens are loaded when the first call needs them. A key without a
    /// session gives one without tokens: calls return [`SessionError::NoTokens`] until it is begun.
    pub fn get(&self, key: &str) -> Session {
        let row = Row { store: self.store.clone(), key: key.into() };
        let budgets = self.budgets.clone();
        let budget = budgets.map(|(store, process)| NamedBudget::of(store, key, process));
        Session::kept(self.inner.get(key, now()), row, budget)
    }

    /// The sessions in the store behind the key `after`, in the order of the keys' bytes, `limit` at most.
    ///
    /// # Errors
    ///
    /// [`SessionError::Load`] where the store cannot be read.
    pub async fn list(
        &self,
        which: ListedSessions,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredSession>, SessionError> {
        let listed = self.store.list(which, after, limit).await;
        listed.map_err(|error| SessionError::Load(error.into()))
    }

    /// Ends the session of an account: revokes its tokens at Kit, then deletes it in the store. Without a session under
    /// this key, nothing is done. If this fails it can be repeated. A session that is begun anew meanwhile, since the
    /// account installs the app again, is not deleted: then this returns [`SessionError::Busy`].
    ///
    /// The revocation is sent by `client`, as nobody: the app proves itself by its secret. Another process that has the
    /// session gets a 401 with its next call, finds nothing in the store, and returns [`SessionError::NoTokens`].
    ///
    /// # Errors
    ///
    /// The errors of [`Client::send`]; [`Error::Session`] where the store fails. The session stays in the store until
    /// Kit has revoked it.
    pub async fn end(&self, key: &str, client: &Client) -> Result<(), Error> {
        let mut revoked = None;
        loop {
            let record = self.store.load(key).await;
            let record =
                record.map_err(|error| RevokeToken::not_sent(SessionError::Load(error.into())))?;
            let Some(record) = record else { break };
            let tokens = record.tokens();
            match &revoked {
                None => {
                    let revoke = RevokeToken::of(self.app(), tokens);
                    client.with_principal(Credentials::none()).send(&revoke).await?;
                    revoked = Some(tokens.clone());
                }
                // A refresh has claimed it, or has given its claim back.
                Some(revoked) if revoked.refresh_token == tokens.refresh_token => {}
                Some(_) => return Err(RevokeToken::not_sent(SessionError::Busy)),
            }
            let is_deleted = self.store.delete(key, record.version()).await;
            let is_deleted = is_deleted
                .map_err(|error| RevokeToken::not_sent(SessionError::Save(error.into())))?;
            if is_deleted {
                break;
            }
        }
        self.inner.forget(key);
        Ok(())
    }

    /// How many sessions this process keeps in memory.
    pub fn len(&self) -> usize {
        self.inner.len()
    }

    /// Whether this process keeps no session in memory.
    pub fn is_empty(&self) -> bool {
        self.inner.is_empty()
    }

    /// The app that the sessions belong to.
    pub fn app(&self) -> &App {
        self.inner.app()
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

/// The store of one of many sessions.
struct Row {
    store: Arc<dyn ErasedSessions>,
    key: Box<str>,
}

impl AsyncStore for Row {
    async fn load(&self) -> Result<Option<Record>, StoreError> {
        self.store.load(&self.key).await
    }

    async fn save(&self, record: &Record) -> Result<(), SaveError> {
        self.store.save(&self.key, record).await
    }
}
