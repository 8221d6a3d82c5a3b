//! Keeps OAuth sessions with Kit in files, for programs without a database: [`FileStore`] keeps one session, and
//! [`FolderStore`] those of many accounts.
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
mod folder_store;
mod session_file;

pub use file_store::FileStore;
pub use folder_store::FolderStore;
