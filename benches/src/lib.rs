//! What is measured: each subject, and the floor beside it, which is the least that a program written
//! by hand would do.

pub mod blocking;
pub mod caller;
pub mod concurrent;
pub mod embedded;
pub mod floor;
pub mod pages;
pub mod receiving;
pub mod resources;
pub mod server;
pub mod subject;
pub mod waiting;
