//! A file that holds secrets or personal data, and that a crash must not damage: the session of an OAuth app, the events
//! that a receiver has not handled yet. For the other crates; its interface may change with any version.

#![deny(missing_docs)]

mod private_file;

pub use private_file::PrivateFile;
