//! What the examples share.
//!
//! What the client itself takes, each example shows: see `create_webhook.rs` and `authorize.rs`.

mod callback;
mod command_line;

pub use callback::Callback;
pub use command_line::{Arguments, Failure, Where, finish, main, say, variable};
