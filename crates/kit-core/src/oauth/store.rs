use super::Record;

/// Where an application keeps its session, so that it outlasts the process: for programs that may block.
///
/// The core never calls it: `kit-ureq` does, and `kit-hyper` through its `Blocking`, which moves it to threads
/// made for that. (For a store that is async, `kit-hyper` has a trait of its own.)
///
/// A refresh token can be spent once. So that two processes do not both spend it, a session saves that
/// it is about to before it does; who saves on top of a version that is not there any more has lost,
/// looks again, and waits for the other. That works if [`save`](Self::save) compares and writes in one
/// step: under a lock, in a transaction, or as
/// `UPDATE … SET version = new, … WHERE id = … AND version = replaced`.
///
/// # Examples
///
/// Over a map, as over a table:
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
    /// What was saved last; `None` if nothing was.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being read.
    fn load(&self) -> Result<Option<Record>, StoreError>;

    /// Keeps `record`, if what is kept has the version that it [replaces](Record::replaces), or if
    /// nothing is kept and it replaces nothing. When this returns, the record should outlast a crash.
    ///
    /// # Errors
    ///
    /// [`SaveError::Conflict`] where what is kept has another version, and whatever keeps the record from
    /// being written.
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

/// What a store met; its text must not hold a secret.
pub type StoreError = Box<dyn std::error::Error + Send + Sync>;

/// Why a record was not saved.
#[derive(Debug)]
#[non_exhaustive]
pub enum SaveError {
    /// What is kept has another version: somebody else has saved.
    Conflict,
    /// It could not be written. Any error becomes this by `?`.
    Failed(StoreError),
}

impl<E: Into<StoreError>> From<E> for SaveError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}
