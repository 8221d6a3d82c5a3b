//! Stores for programs that block.
//!
//! # Examples
//!
//! ```no_run
//! use kit_redis::Keys;
//! use kit_redis::blocking::Redis;
//! use kit_ureq::oauth::{App, Sessions};
//!
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let redis = Redis::new(redis::Client::open("redis://localhost")?, Keys::default());
//! let sessions = Sessions::new(App::confidential("client-id", "client-secret"), redis);
//! # Ok(())
//! # }
//! ```

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kit_core::budgets::{Budget, BudgetStore, LoadedBudget};
#[cfg(feature = "seen")]
use kit_core::deliveries::{EventId, EventRecord, Saved};
use kit_core::oauth::{ListedSessions, Record, SaveError, SessionStore, StoreError, StoredSession};
use redis::{Cmd, Connection, ConnectionLike, RedisResult, Value};

use crate::retry::needs_another_connection;
#[cfg(feature = "seen")]
use crate::seen;
use crate::{Keys, budgets, sessions};

/// How many idle connections are kept.
const MOST_IDLE: usize = 16;

/// A way to connect: [`redis::Client`], or one of your own that asks a Sentinel for the primary, say.
pub trait Connect: Send + Sync {
    /// A connection.
    type Connection: ConnectionLike + Send;

    /// Makes a connection.
    ///
    /// # Errors
    ///
    /// Why there is none.
    fn connect(&self) -> RedisResult<Self::Connection>;
}

impl Connect for redis::Client {
    type Connection = Connection;

    fn connect(&self) -> RedisResult<Connection> {
        self.get_connection()
    }
}

/// The sessions that the processes of an app share, in Redis, for programs that block. Clones share their connections: each thread
/// uses one at a time, and up to 16 idle ones are kept.
///
/// As a [`SessionStore`] it keeps the sessions of accounts, and as a [`BudgetStore`] the budgets that processes share: a hash for each. [The crate's page](crate) says what Redis
/// may lose.
pub struct Redis<C: Connect> {
    shared: Arc<Shared<C>>,
    keys: Keys,
}

struct Shared<C: Connect> {
    connect: C,
    idle: Mutex<Vec<C::Connection>>,
}

impl<C: Connect> Redis<C> {
    /// Keeps everything under these keys. The first connection is made when it is needed.
    pub fn new(connect: C, keys: Keys) -> Self {
        Self { shared: Arc::new(Shared { connect, idle: Mutex::default() }), keys }
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
    /// # type Redis = kit_redis::blocking::Redis<redis::Client>;
    ///
    /// /// Whether the event was new.
    /// fn handle_once(id: EventId, redis: &Redis, handle: impl Fn()) -> Result<bool, Box<dyn std::error::Error + Send + Sync>> {
    ///     let mut handling = Handling::new(id);
    ///     loop {
    ///         match handling.next(SystemTime::now()) {
    ///             HandlingStep::Load(id) => handling.loaded(redis.load_event("account-9", &id)?),
    ///             HandlingStep::Save { record, replaces } => {
    ///                 handling.saved(redis.save_event("account-9", &record, replaces.as_ref())?);
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
    pub fn load_event(
        &self,
        source: &str,
        id: &EventId,
    ) -> Result<Option<EventRecord>, StoreError> {
        seen::loaded(self.run(&seen::load(&self.keys, source, id))?)
    }

    /// Saves the record of an event, if the one there is that which it replaces, or if there is none and it replaces none.
    ///
    /// # Errors
    ///
    /// Why the record cannot be saved.
    #[cfg(feature = "seen")]
    pub fn save_event(
        &self,
        source: &str,
        record: &EventRecord,
        replaces: Option<&EventRecord>,
    ) -> Result<Saved, StoreError> {
        seen::saved(self.run(&seen::save(&self.keys, source, record, replaces)?)?)
    }

    /// Sends a command that can be repeated: once more over another connection, if this one leads nowhere.
    fn run(&self, command: &Cmd) -> RedisResult<Value> {
        let idle = self.shared.idle().pop();
        let mut connection = idle.map_or_else(|| self.shared.connect.connect(), Ok)?;
        let done = match connection.req_command(command).and_then(Value::extract_error) {
            Err(error) if needs_another_connection(&error) => {
                // The others are as old, and lead to the same server.
                let old = std::mem::take(&mut *self.shared.idle());
                drop(old);
                connection = self.shared.connect.connect()?;
                connection.req_command(command).and_then(Value::extract_error)
            }
            done => done,
        };
        if !done.as_ref().is_err_and(needs_another_connection) {
            let mut idle = self.shared.idle();
            if idle.len() < MOST_IDLE {
                idle.push(connection);
            }
        }
        done
    }
}

impl<C: Connect> Shared<C> {
    fn idle(&self) -> MutexGuard<'_, Vec<C::Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Connect> SessionStore for Redis<C> {
    fn load(&self, key: &str) -> Result<Option<Record>, StoreError> {
        sessions::loaded(&self.keys, key, self.run(&sessions::load(&self.keys, key))?)
    }

    fn save(&self, key: &str, record: &Record) -> Result<(), SaveError> {
        sessions::saved(self.run(&sessions::save(&self.keys, key, record)?)?)
    }

    fn delete(&self, key: &str, version: u64) -> Result<bool, StoreError> {
        sessions::deleted(self.run(&sessions::delete(&self.keys, key, version))?)
    }

    fn list(
        &self,
        which: ListedSessions,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredSession>, StoreError> {
        sessions::listed(self.run(&sessions::list(&self.keys, which, after, limit))?)
    }
}

impl<C: Connect> BudgetStore for Redis<C> {
    fn load_budget(&self, name: &str) -> Result<LoadedBudget, StoreError> {
        budgets::loaded(self.run(&budgets::load(&self.keys, name))?)
    }

    fn save_budget(&self, name: &str, budget: &Budget) -> Result<(), SaveError> {
        sessions::saved(self.run(&budgets::save(&self.keys, name, budget)?)?)
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
