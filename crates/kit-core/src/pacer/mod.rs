//! Pacers: how many requests may reach Kit, and whose turn it is.

mod pacer;
mod place;
mod window;

pub use pacer::Pacer;
pub(crate) use place::Place;
