//! Events, each at its time.

use std::cmp::Ordering;
use std::time::Duration;

use http::{Request, Response};

use crate::engine::{Outcome, Statement};
use crate::plan::{EngineFault, Fault};
use crate::process::{Life, Turn};

pub enum Event {
    /// A process begins so many calls at once.
    Arrives(usize, usize),
    Resumes(Life, Turn),
    Executes(Life, Turn, Box<Statement>, Cut),
    StoreReplies(Life, Turn, Box<Outcome>),
    KitReceives(Life, Turn, Box<Request<Vec<u8>>>),
    KitReplies(Life, Turn, Box<Response<String>>),
    Suffers(usize, Fault),
    Starts(usize),
    EngineSuffers(EngineFault),
    EngineFailsOver(i64),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    No,
    Before,
    After,
}

/// An event at its time, with its number: those of one time happen in the order of their numbers.
pub struct Queued(pub Duration, pub u64, pub Event);

impl PartialEq for Queued {
    fn eq(&self, other: &Self) -> bool {
        self.1 == other.1
    }
}

impl Eq for Queued {}

impl PartialOrd for Queued {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Queued {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.0, self.1).cmp(&(other.0, other.1))
    }
}
