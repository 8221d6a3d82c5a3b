//! Deliveries to the URLs of webhooks and webhook endpoints: when, what, how often, and with which outcome.

mod attempt;
mod batch;
mod courier;
mod delivery;
mod delivery_fault;
mod destinations;
mod event;
mod job;
mod outbox;
mod post;
mod queue;
mod schedule;
mod signature;

pub use attempt::Attempt;
pub(crate) use batch::Batch;
pub(crate) use courier::{Desk, deliver};
pub use delivery::{Delivery, DeliveryState, Target};
pub use delivery_fault::DeliveryFault;
pub(crate) use delivery_fault::{DeliveryFaults, DeliveryRule, OfType};
pub(crate) use destinations::Destinations;
pub(crate) use event::Event;
pub(crate) use job::{Address, Job, Moment, Outcome};
pub(crate) use outbox::Outbox;
