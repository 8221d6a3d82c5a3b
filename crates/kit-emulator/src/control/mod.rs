//! Control requests: programs in any language control the emulator over HTTP, below `/_kit/`.

mod accounts;
mod changes;
mod clock;
mod controlled;
mod deliveries;
mod events;
mod faults;
mod guard;
mod json;
mod query;
mod requests;
mod routes;
mod state;

pub(crate) use controlled::Controlled;
pub(crate) use guard::Hosts;
pub(crate) use routes::answer;
pub(crate) use state::BeforeReset;
