//! Events: what happens to the resources, and who is told of it.

#![expect(
    clippy::indexing_slicing,
    reason = "of JSON: a key that is missing reads as null, and what is written to is an object"
)]

mod events;
mod happenings;
pub(crate) mod made_up;

pub(crate) use events::{Trigger, gather, trigger};
pub(crate) use happenings::{Happening, deleted, happen};
