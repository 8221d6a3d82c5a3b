//! Keeps what must outlast a program in files, where there is no database: [`FileStore`] the tokens of an OAuth session
//! with Kit, [`FolderStore`] the sessions of many accounts, and [`FileJournal`] how far an import is.
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

mod file_journal;
mod file_store;
mod folder_store;
mod session_file;

pub use file_journal::FileJournal;
pub use file_store::FileStore;
pub use folder_store::FolderStore;
