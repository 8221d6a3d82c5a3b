//! Whether there is another attempt, and when: of a call, and of the refresh of a session.

mod attempts;
mod retry_policy;

pub(crate) use attempts::Attempts;
pub use retry_policy::RetryPolicy;
