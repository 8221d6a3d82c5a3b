//! Changes of rows, whoever asks for them: a request, an item of a bulk request, or the clock.

#![expect(
    clippy::indexing_slicing,
    reason = "of JSON: a key that is missing reads as null, and what is written to is an object"
)]

mod broadcasts;
mod bulk;
mod clock;
pub(crate) mod custom_fields;
pub(crate) mod forms;
pub(crate) mod sequences;
pub(crate) mod subscribers;
pub(crate) mod tags;

pub(crate) use bulk::is_over_limit;
pub(crate) use clock::{next_due, run_due};
