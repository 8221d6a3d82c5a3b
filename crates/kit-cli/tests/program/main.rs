//! The program, as a shell runs it, against a local Kit.

#![allow(
    clippy::expect_used,
    clippy::format_collect,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

mod habits;
mod import;
mod listen;
mod login;
mod operations;
mod program;
mod terminal;
mod together;
mod webhooks;
