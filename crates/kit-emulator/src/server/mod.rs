//! HTTP: connections, requests read whole, replies written, and what goes wrong with them on demand.

mod body;
mod counts;
mod exchange;
mod fault;
mod faults;
mod input;
mod recorded;
mod recorder;
pub(crate) mod redacted;
mod reply;
mod request;
mod server;
mod service;

pub use fault::Fault;
pub(crate) use faults::{Faults, OfRequests, Rule};
pub(crate) use input::Input;
pub(crate) use recorded::{Ending, Exchange};
pub(crate) use recorder::{Listener, Recorder};
pub(crate) use reply::Reply;
pub(crate) use request::Request;
pub(crate) use server::Server;
pub(crate) use service::{Admission, Control, Service};
