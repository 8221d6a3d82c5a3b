//! Operations: values that say what is sent, and how the reply is read.

mod auth;
mod endpoint;
mod extended;
mod with_response;

pub use auth::Auth;
pub use endpoint::Endpoint;
pub(crate) use endpoint::operation;
pub use extended::Extended;
pub use with_response::WithResponse;
