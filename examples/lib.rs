//! The parts that the examples share.
//!
//! Each example shows the calls of the client itself: see `create_webhook.rs` and `authorize.rs`.

mod command_line;

pub use command_line::{Arguments, Failure, Where, finish, main, say, variable};
