use serde::{Deserialize, Serialize};

use super::{ImportRow, RowResult};
use crate::error::StoreError;

/// Keeps what an import has done, so that the next one goes on where it was.
///
/// An entry is made safe before its rows are reported: rows without an entry are sent again, which changes nothing.
pub trait ImportJournal {
    /// The next entry of an earlier import, in the order in which they were added. `None` after the last one.
    ///
    /// # Errors
    ///
    /// The journal cannot be read, or what is there is no journal.
    fn next_entry(&mut self) -> Result<Option<JournalEntry>, StoreError>;

    /// Adds an entry, after [`next_entry`](Self::next_entry) has returned `None`.
    ///
    /// # Errors
    ///
    /// The entry cannot be written.
    fn add(&mut self, entry: &JournalEntry) -> Result<(), StoreError>;
}

impl<J: ImportJournal + ?Sized> ImportJournal for &mut J {
    fn next_entry(&mut self) -> Result<Option<JournalEntry>, StoreError> {
        (**self).next_entry()
    }

    fn add(&mut self, entry: &JournalEntry) -> Result<(), StoreError> {
        (**self).add(entry)
    }
}

/// No journal: an import that is killed begins again.
impl ImportJournal for () {
    fn next_entry(&mut self) -> Result<Option<JournalEntry>, StoreError> {
        Ok(None)
    }

    fn add(&mut self, _: &JournalEntry) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Some rows that an import has done with: what became of each. Keep it as JSON; it holds no email address but where Kit
/// names one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// The number of the first row, counted from 1.
    pub(super) first: u64,
    /// When the import has begun, in Unix seconds.
    pub(super) begun: i64,
    /// By which the rows are recognised.
    pub(super) fingerprint: u64,
    pub(super) results: Vec<RowResult>,
}

impl JournalEntry {
    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.results.len()
    }

    /// What became of each.
    pub fn results(&self) -> &[RowResult] {
        &self.results
    }
}

/// A hash of rows that is the same on every machine and in every version: FNV-1a.
pub(super) fn fingerprint(what: &str, rows: &[ImportRow]) -> u64 {
    let json = serde_json::to_vec(rows).unwrap_or_default();
    what.bytes().chain(json).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
