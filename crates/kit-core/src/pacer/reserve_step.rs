use std::time::Duration;

use super::BudgetChange;
#[cfg(doc)]
use super::Reserve;
use crate::budgets::Budget;

/// The next step, for the caller of [`Reserve::next`].
#[derive(Debug)]
#[non_exhaustive]
pub enum ReserveStep {
    /// Load the budget from the store; then call [`Reserve::loaded`].
    Load,
    /// Save the budget in the store; then call [`Reserve::saved`].
    Save(Budget),
    /// Wait until `needed` is ready, but no longer than `at_most`; then call [`Reserve::next`] again.
    Wait {
        /// A future that is ready when calls need more of the budget.
        needed: BudgetChange,
        /// How long to wait at most.
        at_most: Duration,
    },
    /// There is nothing to do: the next call that needs a share begins another [`Reserve`].
    Done,
}
