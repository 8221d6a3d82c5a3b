use std::sync::Arc;
use std::time::Duration;

use super::{Budget, SaveError, StoreError};

/// Keeps the budgets that processes share, each under a name. The methods may block, but for a few seconds at most: calls
/// wait meanwhile, and a store that never returns is not known to have failed.
///
/// `kit-ureq` calls the store; `kit-hyper` calls it through its `Blocking`; `kit-core` never calls it. `kit-postgres` and
/// `kit-redis` have stores. For one of your own, `kit-store-laws` checks that it keeps the laws.
///
/// A budget that is lost is no disaster: the processes report what they have sent with their next request for a share.
/// Meanwhile more requests than Kit's limit may be sent.
pub trait BudgetStore: Send + Sync {
    /// The budget that was saved last under this name, if there is one, and the time by the clock of the engine. All
    /// processes have to be given the time of the same clock.
    ///
    /// # Errors
    ///
    /// Why the budget cannot be read.
    fn load_budget(&self, name: &str) -> Result<LoadedBudget, StoreError>;

    /// Saves `budget` under this name, if the one there has the version that `budget` [replaces](Budget::replaces), or if
    /// there is none and `budget` replaces `None`. Comparing and writing have to be one step.
    ///
    /// # Errors
    ///
    /// [`SaveError::Conflict`] where the budget there has another version; [`SaveError::Failed`] where `budget` cannot be
    /// written.
    fn save_budget(&self, name: &str, budget: &Budget) -> Result<(), SaveError>;
}

/// A budget as it was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadedBudget {
    /// The budget; `None` where nothing was saved under its name.
    pub budget: Option<Budget>,
    /// The time by the clock of the engine, since 1970.
    pub now: Duration,
}

impl LoadedBudget {
    /// A budget that was loaded when the clock of the engine showed `now`, the time since 1970.
    pub fn new(budget: Option<Budget>, now: Duration) -> Self {
        Self { budget, now }
    }
}

impl<S: BudgetStore + ?Sized> BudgetStore for Arc<S> {
    fn load_budget(&self, name: &str) -> Result<LoadedBudget, StoreError> {
        (**self).load_budget(name)
    }

    fn save_budget(&self, name: &str, budget: &Budget) -> Result<(), SaveError> {
        (**self).save_budget(name, budget)
    }
}
