//! Calls: when to send a request, when to wait, and when to give up.

mod attempts;
mod call;
mod pacer;
mod retry_after;
mod retry_policy;
mod step;
mod time;
mod trace;

pub(crate) use attempts::Attempts;
pub use call::Call;
pub use pacer::Pacer;
pub use retry_after::RetryAfter;
pub use retry_policy::RetryPolicy;
pub use step::Step;
pub(crate) use time::Timeline;
pub use time::{Clock, Time};
pub(crate) use trace::Trace;
