//! The fate of an account, planned, and as it was.

use std::time::Duration;

use crate::engine::Planted;

/// The fate of an account.
#[derive(Clone, Debug)]
pub struct Plan {
    pub calls: usize,
    /// How many calls a process begins at once, at most.
    pub at_once: usize,
    /// How many times as many calls the first process begins as another.
    pub hungrier: usize,
    /// The calls come within this time.
    pub span: Duration,
    pub limit: u32,
    /// When what happens to each of its processes; with how far ahead its clock is.
    pub processes: Vec<(i64, Vec<(Duration, Fault)>)>,
    /// When what happens to the engine.
    pub engine: Vec<(Duration, EngineFault)>,
    /// How many of 1,000 statements are cut off, before or after they were done.
    pub cut_off: u32,
    pub planted: Planted,
}

#[derive(Clone, Copy, Debug)]
pub enum Fault {
    Killed { back_after: Duration },
    Suspended(Duration),
}

#[derive(Clone, Copy, Debug)]
pub enum EngineFault {
    /// Down for so long.
    Down(Duration),
    /// Writes within this time are lost; then another takes over, whose clock differs by seconds.
    FailsOver(Duration, i64),
}

#[derive(Debug, Default)]
pub struct Report {
    pub done: usize,
    pub paced: usize,
    pub without_session: usize,
    /// Calls of processes that were killed.
    pub killed: usize,
    /// How often a user had to authorize the app again.
    pub authorized: usize,
    pub broken: Vec<String>,
    /// How many requests Kit has counted after the first minute.
    pub counted: usize,
    pub by_process: Vec<usize>,
}
