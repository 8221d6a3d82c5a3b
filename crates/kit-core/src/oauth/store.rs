use super::{Record, SaveError, StoreError};

/// Keeps the tokens of a session, so that they outlast the process. The methods may block.
///
/// `kit-ureq` calls the store directly; `kit-hyper` calls it through its `Blocking`, on threads for blocking
/// work. `kit-core` never calls it. [`AsyncStore`](super::AsyncStore) is the trait for async stores.
///
/// A refresh token can be spent once. Before a process spends it, the process saves a record that claims it.
/// Where two processes do so at the same time, [`save`](Self::save) returns [`SaveError::Conflict`] to the
/// second, which then loads the record again, and waits. This works only if `save` compares the version and
/// writes the record in one step: under a lock, in a transaction, or as `UPDATE … SET version = new, … WHERE
/// id = … AND version = replaced`.
///
/// # Examples
///
/// A store that keeps its record in a map, as it would in the table of a database:
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::{Arc, Mutex};
///
/// use kit_core::oauth::{Record, SaveError, Store, StoreError};
///
/// struct Row {
///     table: Arc<Mutex<BTreeMap<u32, String>>>,
///     user: u32,
/// }
///
/// impl Store for Row {
///     fn load(&self) -> Result<Option<Record>, StoreError> {
///         let table = self.table.lock().map_err(|_| "the table is poisoned")?;
///         match table.get(&self.user) {
///             // The reader's own error could repeat a token.
///             Some(json) => serde_json::from_str(json).map_err(|_| "the row is no session".into()),
///             None => Ok(None),
///         }
///     }
///
///     fn save(&self, record: &Record) -> Result<(), SaveError> {
///         let mut table = self.table.lock().map_err(|_| "the table is poisoned")?;
///         let held = match table.get(&self.user) {
///             Some(json) => serde_json::from_str(json).map_err(|_| "the row is no session")?,
///             None => None::<Record>,
///         };
///         if held.map(|held| held.version()) != record.replaces() {
///             return Err(SaveError::Conflict);
///         }
///         table.insert(self.user, serde_json::to_string(record)?);
///         Ok(())
///     }
/// }
/// ```
pub trait Store: Send + Sync {
    /// The record that was saved last; `None` if the store is empty.
    ///
    /// # Errors
    ///
    /// Why the record cannot be read.
    fn load(&self) -> Result<Option<Record>, StoreError>;

    /// Saves `record`, if the record in the store has the version that `record` [replaces](Record::replaces),
    /// or if the store is empty and `record` replaces `None`. When this returns, the record should outlast a
    /// crash.
    ///
    /// # Errors
    ///
    /// [`SaveError::Conflict`] where the record in the store has another version; [`SaveError::Failed`] where
    /// `record` cannot be written.
    fn save(&self, record: &Record) -> Result<(), SaveError>;
}

impl<S: Store + ?Sized> Store for std::sync::Arc<S> {
    fn load(&self) -> Result<Option<Record>, StoreError> {
        (**self).load()
    }

    fn save(&self, record: &Record) -> Result<(), SaveError> {
        (**self).save(record)
    }
}
