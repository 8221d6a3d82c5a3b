use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use kit_core::oauth::{self, AsyncStore, Record, SaveError, StoreError};

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
pub struct Blocking<S>(Arc<S>);

impl<S: 'static> Blocking<S> {
    /// Wraps a blocking store.
    pub fn new(store: S) -> Self {
        Self(Arc::new(store))
    }
}

impl<S: Send + Sync + 'static> Blocking<S> {
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        act: impl FnOnce(&S) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.0.clone();
        let done = tokio::task::spawn_blocking(move || act(&store)).await;
        done.unwrap_or_else(|error| Err(unblocked(&error)))
    }
}

impl<S> Clone for Blocking<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: oauth::Store + 'static> AsyncStore for Blocking<S> {
    async fn load(&self) -> Result<Option<Record>, StoreError> {
        self.run(oauth::Store::load).await
    }

    async fn save(&self, record: &Record) -> Result<(), SaveError> {
        let record = record.clone();
        self.run(move |store| Ok(store.save(&record))).await?
    }
}

fn unblocked(error: &tokio::task::JoinError) -> StoreError {
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
