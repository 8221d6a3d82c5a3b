use std::collections::BTreeSet;

use crate::rows::Broadcast;
use crate::rows::broadcast::SENDING_TAKES;
use crate::world::{Full, Table, time};

/// The broadcasts, with those that are to be sent in the order in which they are due.
#[derive(Debug, Default)]
pub(crate) struct Broadcasts {
    rows: Table<Broadcast>,
    /// When each has been sent, in seconds since 1970, and its id.
    due: BTreeSet<(i64, u64)>,
}

impl Broadcasts {
    pub(crate) fn rows(&self) -> &Table<Broadcast> {
        &self.rows
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Broadcast> {
        self.rows.get(id)
    }

    pub(crate) fn insert(&mut self, row: impl FnOnce(u64) -> Broadcast) -> Result<u64, Full> {
        let row = self.rows.insert(row)?;
        let (due, id) = (due(row), row.id);
        self.due.extend(due.map(|due| (due, id)));
        Ok(id)
    }

    /// Changes a broadcast, if there is one with this id.
    pub(crate) fn change(&mut self, id: u64, change: impl FnOnce(&mut Broadcast)) {
        let Some(row) = self.rows.get_mut(id) else { return };
        let before = due(row);
        change(row);
        let after = due(row);
        if let Some(before) = before {
            self.due.remove(&(before, id));
        }
        self.due.extend(after.map(|due| (due, id)));
    }

    pub(crate) fn remove(&mut self, id: u64) {
        if let Some(due) = self.rows.remove(id).as_ref().and_then(due) {
            self.due.remove(&(due, id));
        }
    }

    /// When the next broadcast has been sent, in seconds since 1970, and its id.
    pub(crate) fn next_due(&self) -> Option<(i64, u64)> {
        self.due.first().copied()
    }

    /// Takes over rows that were kept elsewhere.
    pub(crate) fn restored(rows: Table<Broadcast>) -> Self {
        let due = rows.oldest_first().filter_map(|row| Some((due(row)?, row.id))).collect();
        Self { rows, due }
    }

    pub(crate) fn after(&mut self, other: &Self) {
        self.rows.after(&other.rows);
    }

    /// Gives no id that is not greater.
    pub(crate) fn begin_after(&mut self, id: u64) {
        self.rows.begin_after(id);
    }
}

fn due(row: &Broadcast) -> Option<i64> {
    let is_open = row.is_scheduled && !row.is_sent;
    row.send_at
        .as_deref()
        .filter(|_| is_open)
        .map(|at| time::seconds(at).saturating_add(SENDING_TAKES))
}
