use kit_core::budgets::{AsyncBudgetStore, Budget, BudgetStore, LoadedBudget};
use kit_core::oauth::{
    AsyncSessionStore, ListedSessions, Record, SaveError, SessionStore, StoreError, StoredSession,
};

/// A store that blocks, as an async one that blocks: for these tests, and nothing else.
#[derive(Clone, Debug, Default)]
pub struct Direct<S>(pub S);

impl<S: SessionStore> AsyncSessionStore for Direct<S> {
    async fn load(&self, key: &str) -> Result<Option<Record>, StoreError> {
        self.0.load(key)
    }

    async fn save(&self, key: &str, record: &Record) -> Result<(), SaveError> {
        self.0.save(key, record)
    }

    async fn delete(&self, key: &str, version: u64) -> Result<bool, StoreError> {
        self.0.delete(key, version)
    }

    async fn list(
        &self,
        which: ListedSessions,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredSession>, StoreError> {
        self.0.list(which, after, limit)
    }
}

impl<S: BudgetStore> AsyncBudgetStore for Direct<S> {
    async fn load_budget(&self, name: &str) -> Result<LoadedBudget, StoreError> {
        self.0.load_budget(name)
    }

    async fn save_budget(&self, name: &str, budget: &Budget) -> Result<(), SaveError> {
        self.0.save_budget(name, budget)
    }
}
