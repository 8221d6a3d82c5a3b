//! What the processes of an app share, in PostgreSQL: the sessions of its accounts, the budgets of their requests, the
//! secrets of their webhook endpoints, and the events that wait to be handled.
//!
//! The program brings the connections, the pool and TLS, and lends them by a small trait: [`Database`] for async
//! programs, [`blocking::Database`] for others. Each method of a store is one statement, sent unnamed with the types of
//! its parameters, so that pgbouncer in transaction mode works.
//!
//! # Examples
//!
//! ```no_run
//! use kit_hyper::oauth::{App, Sessions};
//! use kit_postgres::{Postgres, Tables};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! // Any connection or pool that implements `Database`.
//! let (client, connection) = tokio_postgres::connect("host=localhost", tokio_postgres::NoTls).await?;
//! tokio::spawn(connection);
//! let postgres = Postgres::new(client, Tables::default());
//! postgres.install().await?;
//! let sessions = Sessions::new(App::confidential("client-id", "client-secret"), postgres);
//! # Ok(())
//! # }
//! ```
//!
//! # What lies open
//!
//! Without a [seal](kit_core::seal::Seal), whoever can read the tables has the tokens of all accounts: the tables, their
//! backups and replicas are as secret as the tokens; so is PostgreSQL's log where it has the parameters of statements.
//! With [`Tables::sealed`], tokens, secrets and the content of events cannot be read. What can: the keys of accounts, the
//! ids of events and subscribers, times, and the reasons that handlers give for failures. What was written before stays
//! as it is: seal from the beginning, and keep a key as long as anything is sealed by it.
//!
//! # Features
//!
//! - `async` (default): [`Postgres`], over `tokio-postgres`;
//! - `blocking`: [`blocking::Postgres`], over `postgres`.

#![deny(missing_docs)]
#![cfg_attr(not(any(feature = "async", feature = "blocking")), allow(dead_code))]

#[cfg(feature = "blocking")]
pub mod blocking;
mod budgets;
#[cfg(feature = "async")]
mod database;
mod error;
#[cfg(feature = "async")]
mod inbox;
#[cfg(feature = "async")]
mod log_cursors;
mod lost;
mod mark;
#[cfg(feature = "async")]
mod postgres;
#[cfg(feature = "async")]
mod postgres_inbox;
#[cfg(feature = "async")]
mod secrets;
mod sessions;
mod tables;

#[cfg(feature = "async")]
pub use database::Database;
pub use error::Error;
#[cfg(feature = "async")]
pub use postgres::Postgres;
#[cfg(feature = "async")]
pub use postgres_inbox::PostgresInbox;
pub use tables::Tables;

/// The parameters of a statement, each with its type.
pub type Parameters<'a> =
    [(&'a (dyn tokio_postgres::types::ToSql + Sync), tokio_postgres::types::Type)];
