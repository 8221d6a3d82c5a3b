//! Keeps an OAuth session with Kit in a file: a [`Store`](kit_core::oauth::Store) for programs without a
//! database.
//!
//! With `kit-ureq`:
//!
//! ```no_run
//! use kit_file_store::FileStore;
//! use kit_ureq::Client;
//! use kit_ureq::oauth::{App, Session};
//!
//! let app = App::confidential("client-id", "client-secret");
//! let session = Session::new(app, FileStore::new("session.json"));
//! let client = Client::new(&session);
//! ```
//!
//! With `kit-hyper`, whose stores are async, use `Blocking::new(FileStore::new("session.json"))` as the
//! store.
//!
//! This crate reads and writes files, and sends nothing to Kit.

#![deny(missing_docs)]

mod file_store;
mod session_file;

pub use file_store::FileStore;
