use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kit_core::budgets::{AsyncBudgetStore, Budget, LoadedBudget};
#[cfg(feature = "seen")]
use kit_core::deliveries::{EventId, EventRecord, Saved};
use kit_core::oauth::{
    AsyncSessionStore, ListedSessions, Record, SaveError, StoreError, StoredSession,
};
use redis::aio::ConnectionLike as _;
use redis::{Cmd, RedisResult, Value};

use crate::retry::needs_another_connection;
#[cfg(feature = "seen")]
use crate::seen;
use crate::{Connect, Keys, budgets, sessions};

/// The sessions that the processes of an app share, in Redis, for async programs. Clones share one connection.
///
/// As an [`AsyncSessionStore`] it keeps the sessions of accounts, and as an [`AsyncBudgetStore`] the budgets that processes share: a hash for each. [The crate's page](crate) says what
/// Redis may lose.
pub struct Redis<C: Connect> {
    shared: Arc<Shared<C>>,
    keys: Keys,
}

struct Shared<C: Connect> {
    connect: C,
    held: Mutex<Held<C::Connection>>,
}

/// The connection, and how many there were before.
struct Held<C> {
    connection: Option<C>,
    number: u64,
}

impl<C: Connect> Redis<C> {
    /// Keeps everything under these keys. The first connection is made when it is needed.
    pub fn new(connect: C, keys: Keys) -> Self {
        let held = Mutex::new(Held { connection: None, number: 0 });
        Self { shared: Arc::new(Shared { connect, held }), keys }
    }

    /// The record of an event that came to this source, such as the name of an account: for a
    /// [`Handling`](kit_core::deliveries::Handling). It is kept for 31 days.
    ///
    /// # Errors
    ///
    /// Why the record cannot be read.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use std::time::SystemTime;
    ///
    /// use kit_core::deliveries::{EventId, Handling, HandlingStep};
    /// # type Redis = kit_redis::Redis<redis::Client>;
    ///
    /// /// Whether the event was new.
    /// async fn handle_once(id: EventId, redis: &Redis, handle: impl Fn()) -> Result<bool, Box<dyn std::error::Error + Send + Sync>> {
    ///     let mut handling = Handling::new(id);
    ///     loop {
    ///         match handling.next(SystemTime::now()) {
    ///             HandlingStep::Load(id) => handling.loaded(redis.load_event("account-9", &id).await?),
    ///             HandlingStep::Save { record, replaces } => {
    ///                 handling.saved(redis.save_event("account-9", &record, replaces.as_ref()).await?);
    ///             }
    ///             HandlingStep::Handle { .. } => {
    ///                 handle();
    ///                 handling.handled();
    ///             }
    ///             HandlingStep::Done => return Ok(true),
    ///             _ => return Ok(false),
    ///         }
    ///     }
    /// }
    /// ```
    #[cfg(feature = "seen")]
    pub async fn load_event(
        &self,
        source: &str,
        id: &EventId,
    ) -> Result<Option<EventRecord>, StoreError> {
        seen::loaded(self.run(&seen::load(&self.keys, source, id)).await?)
    }

    /// Saves the record of an event, if the one there is that which it replaces, or if there is none and it replaces none.
    ///
    /// # Errors
    ///
    /// Why the record cannot be saved.
    #[cfg(feature = "seen")]
    pub async fn save_event(
        &self,
        source: &str,
        record: &EventRecord,
        replaces: Option<&EventRecord>,
    ) -> Result<Saved, StoreError> {
        seen::saved(self.run(&seen::save(&self.keys, source, record, replaces)?).await?)
    }

    /// Sends a command that can be repeated: once more over another connection, if this one leads nowhere.
    async fn run(&self, command: &Cmd) -> RedisResult<Value> {
        let (mut connection, number) = self.shared.connection().await?;
        match connection.req_packed_command(command).await.and_then(Value::extract_error) {
            Err(error) if needs_another_connection(&error) => {
                self.shared.forget(number);
                let (mut connection, _) = self.shared.connection().await?;
                connection.req_packed_command(command).await.and_then(Value::extract_error)
            }
            done => done,
        }
    }
}

impl<C: Connect> Shared<C> {
    async fn connection(&self) -> RedisResult<(C::Connection, u64)> {
        let held = {
            let held = self.held();
            held.connection.clone().map(|connection| (connection, held.number))
        };
        if let Some(held) = held {
            return Ok(held);
        }
        let connection = self.connect.connect().await?;
        let mut held = self.held();
        // Another may have made one meanwhile.
        let connection = held.connection.get_or_insert(connection).clone();
        Ok((connection, held.number))
    }

    /// Forgets the connection with this number, unless there is another already.
    fn forget(&self, number: u64) {
        let mut held = self.held();
        if held.number == number {
            held.number += 1;
            held.connection = None;
        }
    }

    fn held(&self) -> MutexGuard<'_, Held<C::Connection>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Connect> AsyncSessionStore for Redis<C> {
    async fn load(&self, key: &str) -> Result<Option<Record>, StoreError> {
        sessions::loaded(&self.keys, key, self.run(&sessions::load(&self.keys, key)).await?)
    }

    async fn save(&self, key: &str, record: &Record) -> Result<(), SaveError> {
        sessions::saved(self.run(&sessions::save(&self.keys, key, record)?).await?)
    }

    async fn delete(&self, key: &str, version: u64) -> Result<bool, StoreError> {
        sessions::deleted(self.run(&sessions::delete(&self.keys, key, version)).await?)
    }

    async fn list(
        &self,
        which: ListedSessions,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredSession>, StoreError> {
        sessions::listed(self.run(&sessions::list(&self.keys, which, after, limit)).await?)
    }
}

impl<C: Connect> AsyncBudgetStore for Redis<C> {
    async fn load_budget(&self, name: &str) -> Result<LoadedBudget, StoreError> {
        budgets::loaded(self.run(&budgets::load(&self.keys, name)).await?)
    }

    async fn save_budget(&self, name: &str, budget: &Budget) -> Result<(), SaveError> {
        sessions::saved(self.run(&budgets::save(&self.keys, name, budget)?).await?)
    }
}

impl<C: Connect> Clone for Redis<C> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone(), keys: self.keys.clone() }
    }
}

impl<C: Connect> fmt::Debug for Redis<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("keys", &self.keys).finish_non_exhaustive()
    }
}
