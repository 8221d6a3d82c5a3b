//! The state of the emulator: its credentials, the tokens that it gave, its tables, and its clock.

mod accounts;
mod app;
mod changed;
mod clock;
mod credential;
mod grants;
mod host_names;
mod named;
mod page;
mod rate_limit;
mod scalar;
mod table;
pub(crate) mod time;
mod world;

pub(crate) use accounts::Keys;
pub(crate) use app::App;
pub(crate) use changed::changed_after;
pub(crate) use clock::Clock;
pub use grants::{Consent, IssuedTokens};
pub(crate) use grants::{Grantee, Grants, Lifetimes, Refusal};
pub(crate) use host_names::HostNames;
pub(crate) use named::{HasNames, Name, Named};
pub(crate) use page::Page;
pub(crate) use scalar::{digits, flag, id, ids};
pub(crate) use table::{Full, MAX_ID, MAX_ROWS, Row, Table};
pub(crate) use world::{Access, Denied, World};
