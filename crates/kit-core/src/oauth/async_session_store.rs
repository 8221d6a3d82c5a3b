use std::sync::Arc;

use super::{ListedSessions, Record, SaveError, StoreError, StoredSession};

/// Keeps the sessions of many accounts, each under a key that the program chooses, such as the number of the account in
/// its database. The methods are async.
///
/// `kit-hyper` awaits the store; `kit-core` never calls it. [`SessionStore`](super::SessionStore) says what the methods
/// promise. For a store that blocks, `kit-hyper` has a wrapper.
pub trait AsyncSessionStore: Send + Sync {
    /// The record that was saved last under this key; `None` if there is none.
    ///
    /// # Errors
    ///
    /// Why the record cannot be read.
    fn load(&self, key: &str) -> impl Future<Output = Result<Option<Record>, StoreError>> + Send;

    /// Saves `record` under this key, if the record there has the version that `record`
    /// [replaces](Record::replaces), or if there is none and `record` replaces `None`. When the future is ready, the
    /// record should outlast a crash.
    ///
    /// # Errors
    ///
    /// [`SaveError::Conflict`] where the record there has another version; [`SaveError::Failed`] where `record` cannot
    /// be written.
    fn save(
        &self,
        key: &str,
        record: &Record,
    ) -> impl Future<Output = Result<(), SaveError>> + Send;

    /// Deletes the record under this key, if it has this version. Returns whether it did: otherwise there is another
    /// record, or none.
    ///
    /// # Errors
    ///
    /// Why the record cannot be deleted.
    fn delete(
        &self,
        key: &str,
        version: u64,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

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
    ) -> impl Future<Output = Result<Vec<StoredSession>, StoreError>> + Send;
}

impl<S: AsyncSessionStore + ?Sized> AsyncSessionStore for Arc<S> {
    fn load(&self, key: &str) -> impl Future<Output = Result<Option<Record>, StoreError>> + Send {
        (**self).load(key)
    }

    fn save(
        &self,
        key: &str,
        record: &Record,
    ) -> impl Future<Output = Result<(), SaveError>> + Send {
        (**self).save(key, record)
    }

    fn delete(
        &self,
        key: &str,
        version: u64,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        (**self).delete(key, version)
    }

    fn list(
        &self,
        which: ListedSessions,
        after: Option<&str>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<StoredSession>, StoreError>> + Send {
        (**self).list(which, after, limit)
    }
}
