//! Pacers: how many requests may reach Kit, and whose turn it is.

mod budget_change;
mod pacer;
mod place;
mod reserve;
mod reserve_step;
mod sharing;
mod window;

pub use budget_change::BudgetChange;
pub use pacer::Pacer;
pub(crate) use place::{Entry, Place};
pub use reserve::Reserve;
pub use reserve_step::ReserveStep;
