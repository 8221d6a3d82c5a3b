use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::shrunk::Shrunk;
use super::{HELD, LEASE, SEEN, StoreError, WINDOW};

/// The requests of all processes that share a credential, as a [`BudgetStore`](super::BudgetStore) keeps them.
///
/// The core reads and changes it; for a store it is some bytes with a version. It holds no secret. For each process that
/// has sent in the last hour it has about fifty bytes, and three hundred more at most for the last minute.
///
/// # Examples
///
/// ```
/// use kit_core::budgets::Budget;
///
/// let budget = Budget::from_bytes(br#"{"version": 7}"#)?;
/// assert_eq!((budget.version(), budget.replaces()), (7, None));
/// # Ok::<(), kit_core::budgets::StoreError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    pub(super) version: u64,
    #[serde(skip)]
    pub(super) replaces: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) processes: Vec<Process>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) shrunk: Option<Shrunk>,
    /// Until then no process may begin a request.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) closed_until: Millis,
}

/// How long after its lease a process has given back what it did not use, if the store is not slow.
const RETURN: Millis = 100;

/// A moment by the clock of the engine: milliseconds since 1970.
pub(super) type Millis = u64;

/// The requests of one process, as it has reported them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Process {
    pub(super) id: u64,
    /// When it has reported: all else counts from then.
    pub(super) asked_at: Millis,
    /// How many requests are under way, or may begin.
    #[serde(default, skip_serializing_if = "is_none")]
    pub(super) held: u32,
    /// How many of them may begin.
    #[serde(default, skip_serializing_if = "is_none")]
    pub(super) allowed: u32,
    /// For how many seconds how many of the requests count that have ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) ended: Vec<(u8, u32)>,
    /// How many requests the process wanted and did not get.
    #[serde(default, skip_serializing_if = "is_none")]
    pub(super) unmet: u32,
    /// How many requests it may have sent while the store failed, which it has not reported.
    #[serde(default, skip_serializing_if = "is_none")]
    pub(super) presumed: u32,
    /// When it has reported last, where that is not `asked_at`, since something is presumed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) heard_at: Millis,
    /// For how long the process keeps its turn, in milliseconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) waits: Millis,
}

impl Budget {
    /// Reads what [`to_bytes`](Self::to_bytes) has written.
    ///
    /// # Errors
    ///
    /// That the bytes are no budget.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(bytes).map_err(|error| format!("no budget: {error}").into())
    }

    /// The bytes that a store keeps: JSON, of which a later version of this crate may write more.
    ///
    /// # Errors
    ///
    /// None that is known.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StoreError> {
        Ok(serde_json::to_vec(self)?)
    }

    /// The version of the budget. It grows with each one that is saved.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The version of the budget that this one is to replace in the store. `None` where the store is to have none, and for
    /// a budget that was read from a store.
    pub fn replaces(&self) -> Option<u64> {
        self.replaces
    }

    /// The budget that replaces `old`.
    pub(super) fn next(old: Option<Self>, now: Millis) -> Self {
        let replaces = old.as_ref().map(|old| old.version);
        // Also where a store was emptied, no version comes back: it might be taken for the old one.
        let version = replaces.map_or(now, |replaced| now.max(replaced.saturating_add(1)));
        let old = old.unwrap_or(Self {
            version,
            replaces,
            processes: Vec::new(),
            shrunk: None,
            closed_until: 0,
        });
        Self { version, replaces, ..old }
    }

    /// Forgets what counts no longer.
    pub(super) fn pass(&mut self, now: Millis) {
        for process in &mut self.processes {
            process.pass(now);
        }
        self.processes.retain(|process| process.counts() > 0 || process.is_seen(now));
        // A clock that was set back must not close the budget for longer.
        self.closed_until = self.closed_until.min(now.saturating_add(millis(WINDOW)));
    }

    /// How many requests count.
    pub(crate) fn counts(&self) -> u32 {
        self.processes.iter().fold(0, |sum, process| sum.saturating_add(process.counts()))
    }
}

impl Process {
    fn pass(&mut self, now: Millis) {
        // The engine's clock may be set back, or another engine takes its place: then it counts from now on.
        self.asked_at = self.asked_at.min(now);
        let asked_at = self.asked_at;
        if asked_at.saturating_add(millis(HELD)) <= now {
            (self.held, self.allowed) = (0, 0);
        }
        self.ended.retain(|(seconds, _)| counts_until(asked_at, *seconds) > now);
    }

    /// A process of which it is presumed that so many of its requests count for so long.
    pub(super) fn presumed(
        id: u64,
        heard_at: Millis,
        count: u32,
        now: Millis,
        lasts: Millis,
    ) -> Self {
        let asked_at = now.saturating_sub(millis(HELD)).saturating_add(lasts);
        let (held, presumed) = (count, count);
        let (allowed, ended, unmet, waits) = (0, Vec::new(), 0, 0);
        Self { id, asked_at, held, allowed, ended, unmet, presumed, heard_at, waits }
    }

    /// When it has reported last.
    pub(super) fn heard_at(&self) -> Millis {
        if self.heard_at == 0 { self.asked_at } else { self.heard_at }
    }

    /// How many of its requests count.
    pub(super) fn counts(&self) -> u32 {
        self.ended.iter().fold(self.held, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// Whether the process has reported in the last hour.
    pub(super) fn is_seen(&self, now: Millis) -> bool {
        self.heard_at().saturating_add(millis(SEEN)) > now
    }

    /// When it has waited for too long to keep its turn.
    pub(super) fn waits_until(&self) -> Millis {
        self.asked_at.saturating_add(self.waits.min(2 * millis(WINDOW)))
    }

    /// The moments from which on less of it counts, or others know more.
    pub(super) fn changes(&self) -> impl Iterator<Item = Millis> {
        let ended = self.ended.iter().map(|(seconds, _)| counts_until(self.asked_at, *seconds));
        let returns =
            (self.allowed > 0).then(|| self.asked_at.saturating_add(millis(LEASE) + RETURN));
        let dies = (self.held > 0).then(|| self.asked_at.saturating_add(millis(HELD)));
        ended.chain(returns).chain(dies)
    }
}

fn counts_until(asked_at: Millis, seconds: u8) -> Millis {
    asked_at.saturating_add(u64::from(seconds) * 1000)
}

pub(super) fn millis(duration: Duration) -> Millis {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(millis: &Millis) -> bool {
    *millis == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_none(count: &u32) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_budget_are_an_error() {
        let error = Budget::from_bytes(b"7").unwrap_err().to_string();
        assert!(error.starts_with("no budget: "), "{error}");
    }

    /// So that processes with different versions of this crate can share it.
    #[test]
    fn fields_of_a_later_version_are_ignored() {
        let json = br#"{"version":1,"later":2,"processes":[{"id":1,"asked_at":5,"later":6}]}"#;
        assert_eq!(Budget::from_bytes(json).unwrap().processes.len(), 1);
    }

    #[test]
    fn a_version_grows_also_where_the_store_was_emptied() {
        let first = Budget::next(None, 1000);
        let second = Budget::next(Some(first.clone()), 1000);
        let after_loss = Budget::next(None, 2000);
        assert_eq!((first.version, first.replaces), (1000, None));
        assert_eq!((second.version, second.replaces), (1001, Some(1000)));
        assert!(after_loss.version > second.version);
    }
}
