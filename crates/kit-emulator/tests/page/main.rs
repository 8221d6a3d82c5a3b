//! The local Kit's page in a browser.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by a panic"
)]

mod browser;
mod kit;
mod look;
mod pictures;
mod strangers;
mod upkeep;
mod views;
