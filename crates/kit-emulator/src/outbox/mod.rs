//! What Kit posts to the URLs of webhooks and webhook endpoints: when, what, how often, and what came of it.

mod attempt;
mod courier;
mod delivery;
mod delivery_fault;
mod event;
mod outbox;
mod post;
mod schedule;
mod signature;

pub use attempt::Attempt;
pub(crate) use courier::{Desk, deliver};
pub use delivery::{Delivery, DeliveryStatus, Target};
pub use delivery_fault::DeliveryFault;
pub(crate) use delivery_fault::{DeliveryFaults, DeliveryRule, OfType};
pub(crate) use event::Event;
pub(crate) use outbox::{Address, Batch, Job, Moment, Outbox};
pub(crate) use post::Outcome;
