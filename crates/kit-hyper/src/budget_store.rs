use std::time::Duration;

use kit_core::budgets::{
    AsyncBudgetStore, Budget, BudgetStore, LoadedBudget, SaveError, StoreError,
};

use crate::store::{Awaiting, Blocking, unpanicking};

/// How long the store may take for one statement. Meanwhile calls wait, and others for the report of this process.
const TIMEOUT: Duration = Duration::from_secs(2);

impl<S: BudgetStore + 'static> AsyncBudgetStore for Blocking<S> {
    async fn load_budget(&self, name: &str) -> Result<LoadedBudget, StoreError> {
        let name = name.to_owned();
        self.run(move |store| store.load_budget(&name)).await
    }

    async fn save_budget(&self, name: &str, budget: &Budget) -> Result<(), SaveError> {
        let (name, budget) = (name.to_owned(), budget.clone());
        self.run(move |store| Ok(store.save_budget(&name, &budget))).await?
    }
}

/// A store of any type. A panic of the store becomes an error, and so does a statement that takes too long.
pub(crate) trait ErasedBudgets: Send + Sync {
    fn load<'a>(&'a self, name: &'a str) -> Awaiting<'a, Result<LoadedBudget, StoreError>>;
    fn save<'a>(&'a self, name: &'a str, budget: &'a Budget)
    -> Awaiting<'a, Result<(), SaveError>>;
}

impl<S: AsyncBudgetStore> ErasedBudgets for S {
    fn load<'a>(&'a self, name: &'a str) -> Awaiting<'a, Result<LoadedBudget, StoreError>> {
        Box::pin(async {
            let loaded =
                tokio::time::timeout(TIMEOUT, unpanicking(|| self.load_budget(name))).await;
            loaded.map_err(|_| too_slow())?.unwrap_or_else(Err)
        })
    }

    fn save<'a>(
        &'a self,
        name: &'a str,
        budget: &'a Budget,
    ) -> Awaiting<'a, Result<(), SaveError>> {
        Box::pin(async {
            let saved =
                tokio::time::timeout(TIMEOUT, unpanicking(|| self.save_budget(name, budget))).await;
            let saved = saved.map_err(|_| SaveError::Failed(too_slow()))?;
            saved.unwrap_or_else(|error| Err(SaveError::Failed(error)))
        })
    }
}

fn too_slow() -> StoreError {
    format!("no answer within {} seconds", TIMEOUT.as_secs()).into()
}
