//! Calls: when to send a request, when to wait, and when to give up.

mod call;
mod step;

pub use call::Call;
pub use step::Step;
