use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use kit_core::oauth::{self, Record, SaveError, StoreError};

/// Keeps the tokens of a session, so that they outlast the process: in a database, for example. The methods
/// are async.
///
/// For a store that blocks, such as `kit_file_store::FileStore`, use [`Blocking`].
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
/// use kit_hyper::oauth::{Record, SaveError, AsyncStore, StoreError};
/// use tokio::sync::Mutex;
///
/// #[derive(Default)]
/// struct Row(Mutex<Option<String>>);
///
/// impl AsyncStore for Row {
///     async fn load(&self) -> Result<Option<Record>, StoreError> {
///         match &*self.0.lock().await {
///             // The reader's own error could repeat a token.
///             Some(json) => serde_json::from_str(json).map_err(|_| "the row is no session".into()),
///             None => Ok(None),
///         }
///     }
///
///     async fn save(&self, record: &Record) -> Result<(), SaveError> {
///         let mut row = self.0.lock().await;
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

/// Makes an async store of a blocking one: runs its methods on tokio's threads for blocking work.
///
/// # Examples
///
/// ```no_run
/// use kit_file_store::FileStore;
/// use kit_hyper::oauth::{App, Blocking, Session};
///
/// let app = App::confidential("client-id", "client-secret");
/// let session = Session::new(app, Blocking::new(FileStore::new("session.json")));
/// ```
#[derive(Debug)]
pub struct Blocking<S>(pub(crate) Arc<S>);

impl<S: 'static> Blocking<S> {
    /// Wraps a blocking store.
    pub fn new(store: S) -> Self {
        Self(Arc::new(store))
    }
}

impl<S> Clone for Blocking<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: oauth::Store + 'static> AsyncStore for Blocking<S> {
    async fn load(&self) -> Result<Option<Record>, StoreError> {
        let store = self.0.clone();
        match tokio::task::spawn_blocking(move || store.load()).await {
            Ok(loaded) => loaded,
            Err(error) => Err(unblocked(&error)),
        }
    }

    async fn save(&self, record: &Record) -> Result<(), SaveError> {
        let (store, record) = (self.0.clone(), record.clone());
        match tokio::task::spawn_blocking(move || store.save(&record)).await {
            Ok(saved) => saved,
            Err(error) => Err(SaveError::Failed(unblocked(&error))),
        }
    }
}

pub(crate) fn unblocked(error: &tokio::task::JoinError) -> StoreError {
    if error.is_panic() { PANICKED.into() } else { "the runtime is shutting down".into() }
}

const PANICKED: &str = "the store panicked";

pub(crate) type Awaiting<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A store of any type. A panic of the store becomes an error, so that a refresh does not end by it.
pub(crate) trait Erased: Send + Sync {
    fn load(&self) -> Awaiting<'_, Result<Option<Record>, StoreError>>;
    fn save<'a>(&'a self, record: &'a Record) -> Awaiting<'a, Result<(), SaveError>>;
}

impl<S: AsyncStore> Erased for S {
    fn load(&self) -> Awaiting<'_, Result<Option<Record>, StoreError>> {
        Box::pin(async { unpanicking(|| AsyncStore::load(self)).await.unwrap_or_else(Err) })
    }

    fn save<'a>(&'a self, record: &'a Record) -> Awaiting<'a, Result<(), SaveError>> {
        Box::pin(async {
            let saved = unpanicking(|| AsyncStore::save(self, record)).await;
            saved.unwrap_or_else(|error| Err(SaveError::Failed(error)))
        })
    }
}

/// A store may also panic before it returns its future.
pub(crate) async fn unpanicking<F: Future>(
    begin: impl FnOnce() -> F,
) -> Result<F::Output, StoreError> {
    let future = catch_unwind(AssertUnwindSafe(begin)).map_err(|_| PANICKED)?;
    let mut future = pin!(future);
    std::future::poll_fn(|cx| {
        let poll = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        poll.map_or_else(|_| Poll::Ready(Err(PANICKED.into())), |poll| poll.map(Ok))
    })
    .await
}
