use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Record, SaveError, StoreError};

/// Keeps the sessions of many accounts, each under a key that the program chooses, such as the number of the account in
/// its database. The methods may block.
///
/// `kit-ureq` calls the store directly; `kit-hyper` calls it through its `Blocking`, on threads for blocking work.
/// `kit-core` never calls it. [`AsyncSessionStore`](super::AsyncSessionStore) is the trait for async stores;
/// [`Store`](super::Store) keeps a single session.
///
/// What a [`Store`](super::Store) promises holds for each key: [`save`](Self::save) compares the version and writes the
/// record in one step, since a refresh token can be spent once. Where the reply of a save is lost, so that nobody knows
/// whether the record was written, the store looks before it answers: the record may be the claim of another process
/// that has the same version.
///
/// # Examples
///
/// ```
/// use kit_core::oauth::{ListedSessions, MemorySessions, SessionStore};
///
/// fn accounts_to_ask(store: &impl SessionStore) -> Result<Vec<String>, kit_core::oauth::StoreError> {
///     let mut keys: Vec<String> = Vec::new();
///     loop {
///         let page = store.list(ListedSessions::NeedAuthorization, keys.last().map(String::as_str), 100)?;
///         if page.is_empty() {
///             return Ok(keys);
///         }
///         keys.extend(page.into_iter().map(|session| session.key));
///     }
/// }
///
/// assert!(accounts_to_ask(&MemorySessions::default())?.is_empty());
/// # Ok::<(), kit_core::oauth::StoreError>(())
/// ```
pub trait SessionStore: Send + Sync {
    /// The record that was saved last under this key; `None` if there is none.
    ///
    /// # Errors
    ///
    /// Why the record cannot be read.
    fn load(&self, key: &str) -> Result<Option<Record>, StoreError>;

    /// Saves `record` under this key, if the record there has the version that `record`
    /// [replaces](Record::replaces), or if there is none and `record` replaces `None`. When this returns, the record
    /// should outlast a crash.
    ///
    /// # Errors
    ///
    /// [`SaveError::Conflict`] where the record there has another version; [`SaveError::Failed`] where `record` cannot
    /// be written.
    fn save(&self, key: &str, record: &Record) -> Result<(), SaveError>;

    /// Deletes the record under this key, if it has this version. Returns whether it did: otherwise there is another
    /// record, or none.
    ///
    /// # Errors
    ///
    /// Why the record cannot be deleted.
    fn delete(&self, key: &str, version: u64) -> Result<bool, StoreError>;

    /// The sessions behind the key `after`, in the order of the keys' bytes, `limit` at most.
    ///
    /// # Errors
    ///
    /// Why the sessions cannot be listed.
    fn list(
        &self,
        which: ListedSessions,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredSession>, StoreError>;
}

/// The sessions of a [`SessionStore`] that are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListedSessions {
    /// All sessions.
    #[default]
    All,
    /// Sessions whose user has to authorize the app again.
    NeedAuthorization,
}

/// A session in a [`SessionStore`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct StoredSession {
    /// The key of the session.
    pub key: String,
    /// Whether the user has to authorize the app again: see [`Record::needs_authorization`].
    pub needs_authorization: bool,
}

impl StoredSession {
    /// A session in a store of your own.
    pub fn new(key: impl Into<String>, needs_authorization: bool) -> Self {
        Self { key: key.into(), needs_authorization }
    }
}

impl ListedSessions {
    /// Whether a session is listed whose user does, or does not, have to authorize the app again.
    pub fn includes(self, needs_authorization: bool) -> bool {
        self == Self::All || needs_authorization
    }
}

impl<S: SessionStore + ?Sized> SessionStore for std::sync::Arc<S> {
    fn load(&self, key: &str) -> Result<Option<Record>, StoreError> {
        (**self).load(key)
    }

    fn save(&self, key: &str, record: &Record) -> Result<(), SaveError> {
        (**self).save(key, record)
    }

    fn delete(&self, key: &str, version: u64) -> Result<bool, StoreError> {
        (**self).delete(key, version)
    }

    fn list(
        &self,
        which: ListedSessions,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredSession>, StoreError> {
        (**self).list(which, after, limit)
    }
}

/// Keeps sessions in memory, for tests: they are lost when the process ends.
#[derive(Debug, Default)]
pub struct MemorySessions(Mutex<BTreeMap<String, Record>>);

impl MemorySessions {
    fn records(&self) -> MutexGuard<'_, BTreeMap<String, Record>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SessionStore for MemorySessions {
    fn load(&self, key: &str) -> Result<Option<Record>, StoreError> {
        Ok(self.records().get(key).cloned())
    }

    fn save(&self, key: &str, record: &Record) -> Result<(), SaveError> {
        let mut records = self.records();
        if records.get(key).map(Record::version) != record.replaces() {
            return Err(SaveError::Conflict);
        }
        records.insert(key.to_owned(), record.clone());
        Ok(())
    }

    fn delete(&self, key: &str, version: u64) -> Result<bool, StoreError> {
        let mut records = self.records();
        let is_there = records.get(key).is_some_and(|record| record.version() == version);
        if is_there {
            records.remove(key);
        }
        Ok(is_there)
    }

    fn list(
        &self,
        which: ListedSessions,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredSession>, StoreError> {
        let records = self.records();
        let sessions = records
            .iter()
            .filter(|(key, _)| after.is_none_or(|after| key.as_str() > after))
            .map(|(key, record)| StoredSession::new(key, record.needs_authorization()))
            .filter(|session| which.includes(session.needs_authorization));
        Ok(sessions.take(limit).collect())
    }
}
