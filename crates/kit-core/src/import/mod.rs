//! Bringing people over, with their custom fields and tags: [`Import`] sends what is needed, and says what became of each
//! row.
//!
//! ```
//! use kit_core::import::{Import, ImportRow};
//!
//! let rows = [ImportRow::new("ann@example.com").with_first_name("Ann").with_tag("VIP")];
//! let import = Import::new();
//! ```
//!
//! The clients of both transports carry it out: `client.import(import, rows, ())`. An [`ImportJournal`] in place of `()`
//! lets one that was killed go on where it was.
//!
//! An export is a list: [`everybody`] is all subscribers, with what an import brings back, and a
//! [`Subscriber`](crate::subscribers::Subscriber) becomes an [`ImportRow`] by `into()`.

mod import_row;
mod journal;
mod machine;
mod names;
mod page;
mod person;
mod request;
mod requests;
mod row_report;
mod work;

pub use import_row::{ImportRow, everybody};
pub use journal::{ImportJournal, JournalEntry};
pub use machine::{Import, ImportStep, UnknownFields};
pub use request::{AsyncImportClient, ImportClient, ImportReply, ImportRequest};
pub use row_report::{RowOutcome, RowReport, RowResult};
