//! A model of an engine that keeps an account's session and its budget: each operation is done at one moment, or not at
//! all, and the reply of one that was done can be lost.

use std::time::Duration;

use kit_core::budgets::{Budget, LoadedBudget};
use kit_core::oauth::{Record, SaveError, StoreError};

/// A fault that is planted, so that the simulation shows that it would be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planted {
    Nothing,
    /// A save replaces whatever there is.
    NoFence,
    /// A session forgets that a process claims its refresh token.
    ForgetsClaims,
    /// A budget forgets the requests that are under way, and those that may begin.
    ForgetsRequestsUnderWay,
    /// The time that is compared between processes is that of the processes.
    ClocksOfProcesses,
}

pub struct Engine {
    planted: Planted,
    kept: Kept,
    /// The difference of its clock.
    pub clock: Duration,
    /// The state some time ago, for a failover that loses what was written since.
    earlier: Option<Kept>,
}

/// The rows of an account.
#[derive(Clone, Default)]
struct Kept {
    session: Option<Vec<u8>>,
    budget: Option<Vec<u8>>,
}

/// A request of a process to the engine.
pub enum Statement {
    LoadSession,
    SaveSession(Record),
    LoadBudget,
    SaveBudget(Budget),
}

pub enum Outcome {
    Session(Result<Option<Record>, StoreError>),
    SavedSession(Result<(), SaveError>),
    Budget(Result<LoadedBudget, StoreError>),
    SavedBudget(Result<(), SaveError>),
}

impl Statement {
    pub fn fails(&self) -> Outcome {
        let why = || StoreError::from("connection lost");
        match self {
            Self::LoadSession => Outcome::Session(Err(why())),
            Self::SaveSession(_) => Outcome::SavedSession(Err(why().into())),
            Self::LoadBudget => Outcome::Budget(Err(why())),
            Self::SaveBudget(_) => Outcome::SavedBudget(Err(why().into())),
        }
    }
}

/// A time by a clock that is ahead by so many seconds, or behind.
pub fn ahead(time: Duration, seconds: i64) -> Duration {
    let difference = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 { time.saturating_sub(difference) } else { time + difference }
}

impl Engine {
    pub fn new(planted: Planted) -> Self {
        let clock = Duration::from_secs(1_700_000_000);
        Self { planted, kept: Kept::default(), clock, earlier: None }
    }

    /// Does the statement. `skew` is how far ahead the clock of the process is, in seconds.
    pub fn execute(&mut self, statement: &Statement, now: Duration, skew: i64) -> Outcome {
        let is_fenced = self.planted != Planted::NoFence;
        match statement {
            Statement::LoadSession => {
                let record = self
                    .kept
                    .session
                    .as_deref()
                    .map(|json| serde_json::from_slice(json).expect("a record"));
                Outcome::Session(Ok(record))
            }
            Statement::SaveSession(record) => {
                let held: Option<Record> = self
                    .kept
                    .session
                    .as_deref()
                    .map(|json| serde_json::from_slice(json).expect("a record"));
                if is_fenced && held.map(|held| held.version()) != record.replaces() {
                    return Outcome::SavedSession(Err(SaveError::Conflict));
                }
                let mut json = serde_json::to_value(record).expect("JSON");
                if self.planted == Planted::ForgetsClaims {
                    json["claimed_until"].take();
                }
                self.kept.session = Some(json.to_string().into_bytes());
                Outcome::SavedSession(Ok(()))
            }
            Statement::LoadBudget => {
                let budget = self.held_budget();
                let clock = match self.planted {
                    Planted::ClocksOfProcesses => ahead(self.clock, skew),
                    _ => self.clock,
                };
                Outcome::Budget(Ok(LoadedBudget::new(budget, clock + now)))
            }
            Statement::SaveBudget(budget) => {
                let held = self.held_budget().map(|held| held.version());
                if is_fenced && held != budget.replaces() {
                    return Outcome::SavedBudget(Err(SaveError::Conflict));
                }
                let mut bytes = budget.to_bytes().expect("bytes");
                if self.planted == Planted::ForgetsRequestsUnderWay {
                    let mut json: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
                    for process in json["processes"].as_array_mut().expect("processes") {
                        process["held"] = 0.into();
                    }
                    bytes = json.to_string().into_bytes();
                }
                self.kept.budget = Some(bytes);
                Outcome::SavedBudget(Ok(()))
            }
        }
    }

    fn held_budget(&self) -> Option<Budget> {
        self.kept.budget.as_deref().map(|bytes| Budget::from_bytes(bytes).expect("a budget"))
    }

    /// From now on, a failover loses what is written.
    pub fn stop_replicating(&mut self) {
        self.earlier = Some(self.kept.clone());
    }

    /// Another server takes over, whose clock differs.
    pub fn fail_over(&mut self, clock: Duration) {
        if let Some(earlier) = self.earlier.take() {
            self.kept = earlier;
        }
        self.clock = clock;
    }
}
