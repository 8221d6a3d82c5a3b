//! What the tests share: events to try, the operation's schema, both transports behind one trait, a
//! client that is not ours, and servers that misbehave.

pub mod certificates;
pub mod drift;
pub mod events;
pub mod every_operation;
pub mod facts;
pub mod foreign;
pub mod http2;
pub mod operations;
pub mod proxy;
pub mod receiver;
pub mod schema;
pub mod secrets;
pub mod seed;
pub mod server;
pub mod session;
pub mod strict;
pub mod transport;

/// The code of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// The code of the page about tests, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/testing-your-code.md")]
pub struct TestingYourCode;
