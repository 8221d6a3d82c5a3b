//! Keeping Kit in step with what a program wants: [`Synchronize`] creates what is missing, changes what differs, and deletes
//! what is there twice.
//!
//! Kit lets the same webhook be created twice, and then calls the URL twice for each event: a program that creates its
//! webhooks when it starts doubles them with each start. A program that says which webhooks it wants, and lets a `Synchronize`
//! do the rest, does not.
//!
//! ```
//! use kit_core::sync::{Plan, Scope};
//! use kit_core::webhooks::{CreateWebhook, Event, Webhook};
//!
//! let wanted = [CreateWebhook::new("https://example.com/kit/t0ken", Event::PurchaseCreate)?];
//! let existing = [8, 9].map(|id| {
//!     Webhook::new(id, 1539, Event::PurchaseCreate, "https://example.com/kit/t0ken")
//! });
//! let plan = Plan::new(wanted, existing, &Scope::Wanted)?;
//! assert_eq!(plan.to_string(), "delete 9, a duplicate: purchase.purchase_create for https://example.com/\u{2026}\n");
//! # Ok::<(), kit_core::Error>(())
//! ```
//!
//! The clients of both transports carry a [`Synchronize`] out: `client.sync(Synchronize::new(wanted, scope))`.
//!
//! [`CatchUp`] goes through the deliveries that Kit has given up, and [`Follow`] through all that come.

mod catch_up;
mod follow;
mod plan;
mod report;
mod scope;
mod synced;
mod synchronize;
mod webhook_endpoints;
mod webhooks;

pub use catch_up::{CatchUp, CatchUpStep, LogCursor};
pub use follow::{Follow, FollowStep};
pub use plan::{Deletion, Plan, Reason};
pub use report::{SyncError, SyncReport};
pub use scope::Scope;
pub use synced::Synced;
pub use synchronize::{SyncStep, Synchronize};
