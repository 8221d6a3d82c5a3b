use kit_core::oauth::{
    AsyncSessionStore, ListedSessions, Record, SaveError, SessionStore, StoreError, StoredSession,
};

use crate::store::{Awaiting, Blocking, unpanicking};

impl<S: SessionStore + 'static> AsyncSessionStore for Blocking<S> {
    async fn load(&self, key: &str) -> Result<Option<Record>, StoreError> {
        let key = key.to_owned();
        self.run(move |store| store.load(&key)).await
    }

    async fn save(&self, key: &str, record: &Record) -> Result<(), SaveError> {
        let (key, record) = (key.to_owned(), record.clone());
        self.run(move |store| Ok(store.save(&key, &record))).await?
    }

    async fn delete(&self, key: &str, version: u64) -> Result<bool, StoreError> {
        let key = key.to_owned();
        self.run(move |store| store.delete(&key, version)).await
    }

    async fn list(
        &self,
        which: ListedSessions,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredSession>, StoreError> {
        let after = after.map(str::to_owned);
        self.run(move |store| store.list(which, after.as_deref(), limit)).await
    }
}

/// A store of any type. A panic of the store becomes an error, so that a refresh does not end by it.
pub(crate) trait ErasedSessions: Send + Sync {
    fn load<'a>(&'a self, key: &'a str) -> Awaiting<'a, Result<Option<Record>, StoreError>>;
    fn save<'a>(&'a self, key: &'a str, record: &'a Record) -> Awaiting<'a, Result<(), SaveError>>;
    fn delete<'a>(&'a self, key: &'a str, version: u64) -> Awaiting<'a, Result<bool, StoreError>>;
    fn list<'a>(
        &'a self,
        which: ListedSessions,
        after: Option<&'a str>,
        limit: usize,
    ) -> Awaiting<'a, Result<Vec<StoredSession>, StoreError>>;
}

impl<S: AsyncSessionStore> ErasedSessions for S {
    fn load<'a>(&'a self, key: &'a str) -> Awaiting<'a, Result<Option<Record>, StoreError>> {
        Box::pin(async { unpanicking(|| self.load(key)).await.unwrap_or_else(Err) })
    }

    fn save<'a>(&'a self, key: &'a str, record: &'a Record) -> Awaiting<'a, Result<(), SaveError>> {
        Box::pin(async {
            let saved = unpanicking(|| self.save(key, record)).await;
            saved.unwrap_or_else(|error| Err(SaveError::Failed(error)))
        })
    }

    fn delete<'a>(&'a self, key: &'a str, version: u64) -> Awaiting<'a, Result<bool, StoreError>> {
        Box::pin(async move { unpanicking(|| self.delete(key, version)).await.unwrap_or_else(Err) })
    }

    fn list<'a>(
        &'a self,
        which: ListedSessions,
        after: Option<&'a str>,
        limit: usize,
    ) -> Awaiting<'a, Result<Vec<StoredSession>, StoreError>> {
        Box::pin(
            async move { unpanicking(|| self.list(which, after, limit)).await.unwrap_or_else(Err) },
        )
    }
}
