use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use kit_core::oauth::{self, Record, SaveError, StoreError};

/// Where an async application keeps its session, so that it outlasts the process: a database, for example.
///
/// For a store that blocks, such as `kit_file_store::FileStore`, there is [`Blocking`].
///
/// A refresh token can be spent once. So that two processes do not both spend it, a session saves that
/// it is about to before it does; who saves on top of a version that is not there any more has lost,
/// looks again, and waits for the other. That works if [`save`](Self::save) compares and writes in one
/// step: in a transaction, or as
/// `UPDATE … SET version = new, … WHERE id = … AND version = replaced`.
///
/// # Examples
///
/// ```
/// use kit_hyper::oauth::{Record, SaveError, Store, StoreError};
/// use tokio::sync::Mutex;
///
/// #[derive(Default)]
/// struct Row(Mutex<Option<String>>);
///
/// impl Store for Row {
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
pub trait Store: Send + Sync {
    /// What was saved last; `None` if nothing was.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being read.
    fn load(&self) -> impl Future<Output = Result<Option<Record>, StoreError>> + Send;

    /// Keeps `record`, if what is kept has the version that it [replaces](Record::replaces), or if
    /// nothing is kept and it replaces nothing. When this is done, the record should outlast a crash.
    ///
    /// # Errors
    ///
    /// [`SaveError::Conflict`] where what is kept has another version, and whatever keeps the record from
    /// being written.
    fn save(&self, record: &Record) -> impl Future<Output = Result<(), SaveError>> + Send;
}

impl<S: Store + ?Sized> Store for Arc<S> {
    fn load(&self) -> impl Future<Output = Result<Option<Record>, StoreError>> + Send {
        (**self).load()
    }

    fn save(&self, record: &Record) -> impl Future<Output = Result<(), SaveError>> + Send {
        (**self).save(record)
    }
}

/// A store that blocks, as one that is awaited: it is used on threads that tokio has for that.
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
pub struct Blocking<S>(Arc<S>);

impl<S: oauth::Store + 'static> Blocking<S> {
    /// This store.
    pub fn new(store: S) -> Self {
        Self(Arc::new(store))
    }
}

impl<S> Clone for Blocking<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: oauth::Store + 'static> Store for Blocking<S> {
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

fn unblocked(error: &tokio::task::JoinError) -> StoreError {
    if error.is_panic() { PANICKED.into() } else { "the runtime is shutting down".into() }
}

const PANICKED: &str = "the store panicked";

type Awaiting<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A store, whatever its type. If it panics, that is an error of the store, and no end of a refresh.
pub(crate) trait Erased: Send + Sync {
    fn load(&self) -> Awaiting<'_, Result<Option<Record>, StoreError>>;
    fn save<'a>(&'a self, record: &'a Record) -> Awaiting<'a, Result<(), SaveError>>;
}

impl<S: Store> Erased for S {
    fn load(&self) -> Awaiting<'_, Result<Option<Record>, StoreError>> {
        Box::pin(async { unpanicking(Store::load(self)).await.unwrap_or_else(Err) })
    }

    fn save<'a>(&'a self, record: &'a Record) -> Awaiting<'a, Result<(), SaveError>> {
        Box::pin(async {
            let saved = unpanicking(Store::save(self, record)).await;
            saved.unwrap_or_else(|error| Err(SaveError::Failed(error)))
        })
    }
}

async fn unpanicking<T>(future: impl Future<Output = T>) -> Result<T, StoreError> {
    let mut future = pin!(future);
    std::future::poll_fn(|cx| {
        let poll = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        poll.map_or_else(|_| Poll::Ready(Err(PANICKED.into())), |poll| poll.map(Ok))
    })
    .await
}
