use std::sync::Arc;

use super::{Record, SaveError, StoreError};

/// Keeps the tokens of a session, so that they outlast the process: in a database, for example. The methods
/// are async.
///
/// `kit-hyper` awaits the store; `kit-core` never calls it. For a store that blocks, such as `kit_file_store::FileStore`,
/// `kit-hyper` has a wrapper.
///
/// A refresh token can be spent once. Before a process spends it, the process saves a record that claims it.
/// Where two processes do so at the same time, [`save`](Self::save) returns [`SaveError::Conflict`] to the
/// second, which then loads the record again, and waits. This works only if `save` compares the version and
/// writes the record in one step: in a transaction, or as `UPDATE … SET version = new, … WHERE id = … AND
/// version = replaced`.
///
/// # Examples
///
/// ```
/// use std::sync::{Mutex, PoisonError};
///
/// use kit_core::oauth::{AsyncStore, Record, SaveError, StoreError};
///
/// /// As it would be the row of a database.
/// #[derive(Default)]
/// struct Row(Mutex<Option<String>>);
///
/// impl AsyncStore for Row {
///     async fn load(&self) -> Result<Option<Record>, StoreError> {
///         match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
///             // The reader's own error could repeat a token.
///             Some(json) => serde_json::from_str(json).map_err(|_| "the row is no session".into()),
///             None => Ok(None),
///         }
///     }
///
///     async fn save(&self, record: &Record) -> Result<(), SaveError> {
///         let mut row = self.0.lock().unwrap_or_else(PoisonError::into_inner);
///         let held = match &*row {
///             Some(json) => serde_json::from_str(json).map_err(|_| "the row is no session")?,
///             None => None::<Record>,
///         };
///         if held.map(|held| held.version()) != record.replaces() {
///             return Err(SaveError::Conflict);
///         }
///         *row = Some(serde_json::to_string(record)?);
///         Ok(())
///     }
/// }
/// ```
pub trait AsyncStore: Send + Sync {
    /// The record that was saved last; `None` if the store is empty.
    ///
    /// # Errors
    ///
    /// Why the record cannot be read.
    fn load(&self) -> impl Future<Output = Result<Option<Record>, StoreError>> + Send;

    /// Saves `record`, if the record in the store has the version that `record` [replaces](Record::replaces),
    /// or if the store is empty and `record` replaces `None`. When the future is ready, the record should
    /// outlast a crash.
    ///
    /// # Errors
    ///
    /// [`SaveError::Conflict`] where the record in the store has another version; [`SaveError::Failed`] where
    /// `record` cannot be written.
    fn save(&self, record: &Record) -> impl Future<Output = Result<(), SaveError>> + Send;
}

impl<S: AsyncStore + ?Sized> AsyncStore for Arc<S> {
    fn load(&self) -> impl Future<Output = Result<Option<Record>, StoreError>> + Send {
        (**self).load()
    }

    fn save(&self, record: &Record) -> impl Future<Output = Result<(), SaveError>> + Send {
        (**self).save(record)
    }
}
