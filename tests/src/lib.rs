//! The parts that the tests share: events to try, the operation's schema, both transports behind one trait, a
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
pub mod servers;
pub mod session;
pub mod strict;
pub mod transport;

/// The code of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// The code of the guides, compiled and run.
#[cfg(doctest)]
pub mod guides {
    macro_rules! guides {
        ($($name:ident $path:literal,)+) => {$(
            #[doc = include_str!(concat!("../../docs/", $path))]
            pub mod $name {}
        )+};
    }

    guides! {
        bulk "bulk.md",
        errors_and_retries "errors-and-retries.md",
        guarantees "guarantees.md",
        many_accounts "many-accounts.md",
        oauth "oauth.md",
        operations_of_your_own "operations-of-your-own.md",
        settings "settings.md",
        testing "testing.md",
        webhooks "webhooks.md",
    }
}
