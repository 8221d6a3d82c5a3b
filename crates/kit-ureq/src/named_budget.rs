use std::fmt;
use std::sync::Arc;

use kit_core::budgets::{BudgetStore, SaveError};
use kit_core::{Reserve, ReserveStep};

use crate::cancel::Cancel;
use crate::clock::now;
use crate::session::unpanicking;
use crate::wait::wait_for;

/// One budget in a store.
#[derive(Clone)]
pub(crate) struct NamedBudget {
    store: Arc<dyn BudgetStore>,
    name: Arc<str>,
    /// The random number of this process.
    process: u64,
}

impl NamedBudget {
    pub(crate) fn new(store: impl BudgetStore + 'static, name: &str) -> Self {
        Self::of(Arc::new(store), name, fastrand::u64(..))
    }

    pub(crate) fn of(store: Arc<dyn BudgetStore>, name: &str, process: u64) -> Self {
        Self { store, name: name.into(), process }
    }

    pub(crate) fn process(&self) -> u64 {
        self.process
    }

    /// Runs a reserve to its end.
    pub(crate) fn run(&self, mut reserve: Reserve) {
        loop {
            match reserve.next(now()) {
                ReserveStep::Load => {
                    reserve.loaded(unpanicking(|| self.store.load_budget(&self.name)), now());
                }
                ReserveStep::Save(budget) => {
                    let saved: Result<(), SaveError> =
                        unpanicking(|| self.store.save_budget(&self.name, &budget));
                    reserve.saved(saved, now());
                }
                ReserveStep::Wait { needed, at_most } => {
                    wait_for(needed, at_most, &Cancel::new());
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
