//! Calls: when to send a request, when to wait, and when to give up.

mod call;
mod pacer;
mod place;
mod step;
mod window;

pub use call::Call;
pub use pacer::Pacer;
pub use step::Step;
