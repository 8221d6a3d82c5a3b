use std::sync::Arc;

use super::{Budget, LoadedBudget, SaveError, StoreError};

/// Keeps the budgets that processes share, each under a name. The methods are async.
///
/// `kit-hyper` awaits the store; `kit-core` never calls it. [`BudgetStore`](super::BudgetStore) says what the methods
/// promise. For a store that blocks, `kit-hyper` has a wrapper.
pub trait AsyncBudgetStore: Send + Sync {
    /// The budget that was saved last under this name, if there is one, and the time by the clock of the engine.
    ///
    /// # Errors
    ///
    /// Why the budget cannot be read.
    fn load_budget(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<LoadedBudget, StoreError>> + Send;

    /// Saves `budget` under this name, if the one there has the version that `budget` [replaces](Budget::replaces), or if
    /// there is none and `budget` replaces `None`.
    ///
    /// # Errors
    ///
    /// [`SaveError::Conflict`] where the budget there has another version; [`SaveError::Failed`] where `budget` cannot be
    /// written.
    fn save_budget(
        &self,
        name: &str,
        budget: &Budget,
    ) -> impl Future<Output = Result<(), SaveError>> + Send;
}

impl<S: AsyncBudgetStore + ?Sized> AsyncBudgetStore for Arc<S> {
    fn load_budget(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<LoadedBudget, StoreError>> + Send {
        (**self).load_budget(name)
    }

    fn save_budget(
        &self,
        name: &str,
        budget: &Budget,
    ) -> impl Future<Output = Result<(), SaveError>> + Send {
        (**self).save_budget(name, budget)
    }
}
