//! The subjects that are measured, and the floor beside each, which is the least that a program written
//! by hand would do.

pub mod accounts;
pub mod blocking;
pub mod caller;
pub mod concurrent;
pub mod embedded;
pub mod floor;
pub mod importing;
pub mod pages;
pub mod receiving;
pub mod resources;
pub mod server;
pub mod subject;
pub mod waiting;
