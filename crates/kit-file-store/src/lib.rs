//! Keeps an OAuth session with Kit in a file: a [`Store`](kit_core::oauth::Store) for programs without a
//! database.
//!
//! ```no_run
//! use kit_core::Credentials;
//! use kit_core::oauth::{App, Session};
//! use kit_file_store::FileStore;
//!
//! let app = App::confidential("client-id", "client-secret");
//! let session = Session::new(app, FileStore::new("session.json"));
//! let credentials = Credentials::session(&session);
//! ```
//!
//! This crate reads and writes files, and knows nothing of Kit.

#![deny(missing_docs)]

mod file_store;

pub use file_store::FileStore;
