//! Budgets that many processes share: how many of a credential's requests each of them may send.
//!
//! Kit limits the requests of a credential, however many processes send them. A [`Pacer`](crate::Pacer) that shares a
//! budget takes shares of it from a store, such as `kit-postgres` or `kit-redis`: see
//! [`Pacer::shared`](crate::Pacer::shared).

mod answer;
mod async_store;
mod budget;
mod shrunk;
mod store;

pub(crate) use answer::{Ask, Refused, Share};
pub use async_store::AsyncBudgetStore;
pub use budget::Budget;
pub use store::{BudgetStore, LoadedBudget};

use std::time::Duration;

pub use crate::error::{SaveError, StoreError};

/// How long a request counts for Kit's rate limit.
pub(crate) const WINDOW: Duration = Duration::from_secs(60);

/// How long a process may begin requests after it has asked for a share.
pub(crate) const LEASE: Duration = Duration::from_secs(5);

/// How long the share of a process that died counts: its requests begin within the lease, end within half a minute, and
/// count for another minute.
pub(crate) const HELD: Duration = Duration::from_secs(95);

/// How long a process is remembered that asks no more: it may have died, and it may be idle.
pub(crate) const SEEN: Duration = Duration::from_secs(60 * 60);

/// Into how many shares, at least, the budget is divided.
pub(crate) const SHARES: u32 = 16;
