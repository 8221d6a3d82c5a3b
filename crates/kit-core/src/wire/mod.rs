//! The parts for an [`Endpoint`](crate::Endpoint) of your own: to write its request, and to read its reply.
//!
//! | to write | with | to read | with |
//! | --- | --- | --- | --- |
//! | a path with ids in it | [`Path`] | JSON, an envelope, a page, nothing | [`Reply`] |
//! | a query | [`Query`] | what is wrong with it | [`ReadError`] |
//! | a body, as JSON or a form | [`Body`] | | |
//! | a field to keep, clear or set | [`Change`] | a field that may be missing or null | [`Presence`] |
//! | days and times between which a list is | [`DateRange`] | what was there, and what is new | [`Upsert`] |

mod base_url;
mod body;
mod change;
mod date;
mod date_range;
mod decimal;
mod envelope;
pub(crate) mod http_url;
pub(crate) mod liberal;
pub(crate) mod messages;
mod page;
mod path;
mod presence;
mod query;
mod read_error;
mod reply;
mod timestamp;
mod upsert;

pub(crate) use base_url::{BaseUrl, Plaintext, is_loopback};
pub use body::Body;
pub use change::Change;
pub use date::Date;
pub use date_range::{DateBound, DateRange};
pub use decimal::{Decimal, InvalidDecimal};
pub use page::{Page, Pagination};
pub use path::Path;
pub use presence::Presence;
pub use query::Query;
pub use read_error::ReadError;
pub use reply::Reply;
pub use timestamp::{InvalidTime, Timestamp};
pub use upsert::{Upsert, UpsertOutcome};
