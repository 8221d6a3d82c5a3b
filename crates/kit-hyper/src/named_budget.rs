use std::fmt;
use std::sync::Arc;

use kit_core::budgets::AsyncBudgetStore;
use kit_core::{Reserve, ReserveStep};

use crate::budget_store::ErasedBudgets;
use crate::clock::now;

/// One budget in a store.
#[derive(Clone)]
pub(crate) struct NamedBudget {
    store: Arc<dyn ErasedBudgets>,
    name: Arc<str>,
    /// The random number of this process.
    process: u64,
}

impl NamedBudget {
    pub(crate) fn new(store: impl AsyncBudgetStore + 'static, name: &str) -> Self {
        Self::of(Arc::new(store), name, fastrand::u64(..))
    }

    pub(crate) fn of(store: Arc<dyn ErasedBudgets>, name: &str, process: u64) -> Self {
        Self { store, name: name.into(), process }
    }

    pub(crate) fn process(&self) -> u64 {
        self.process
    }

    /// Runs a reserve to its end.
    pub(crate) async fn run(self, mut reserve: Reserve) {
        loop {
            match reserve.next(now()) {
                ReserveStep::Load => reserve.loaded(self.store.load(&self.name).await, now()),
                ReserveStep::Save(budget) => {
                    reserve.saved(self.store.save(&self.name, &budget).await, now());
                }
                ReserveStep::Wait { needed, at_most } => {
                    let _ = tokio::time::timeout(at_most, needed).await;
                }
                _ => return,
            }
        }
    }
}

impl fmt::Debug for NamedBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamedBudget").field("name", &self.name).finish_non_exhaustive()
    }
}
