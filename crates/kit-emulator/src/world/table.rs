use std::collections::BTreeMap;
use std::ops::RangeBounds;

/// How many rows a table holds, so that a program that runs for months stays bounded.
pub(crate) const MAX_ROWS: usize = 100_000;

/// The greatest id that a program can put back: as great as a number can be in every language's JSON.
pub(crate) const MAX_ID: u64 = 1 << 53;

/// The rows of one resource, by their ids, which grow.
#[derive(Clone, Debug)]
pub(crate) struct Table<R> {
    rows: BTreeMap<u64, R>,
    last_id: u64,
}

/// A row of a table.
pub(crate) trait Row {
    /// How many rows a table of them holds.
    const MOST: usize = MAX_ROWS;

    fn id(&self) -> u64;
}

impl<R: Row> Row for &R {
    fn id(&self) -> u64 {
        (**self).id()
    }
}

/// The table has no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl<R> Default for Table<R> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), last_id: 0 }
    }
}

impl<R: Row> Table<R> {
    /// Makes a row with the next id. The id of a deleted row is not used again.
    pub(crate) fn insert(&mut self, row: impl FnOnce(u64) -> R) -> Result<&R, Full> {
        // The rows of a snapshot can be put back.
        if self.is_full() {
            return Err(Full);
        }
        self.last_id = self.last_id.saturating_add(1);
        let row = row(self.last_id);
        Ok(self.rows.entry(self.last_id).or_insert(row))
    }

    /// Whether there is no room for another row.
    pub(crate) fn is_full(&self) -> bool {
        self.rows.len() >= R::MOST || self.last_id >= MAX_ID
    }

    pub(crate) fn get(&self, id: u64) -> Option<&R> {
        self.rows.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut R> {
        self.rows.get_mut(&id)
    }

    pub(crate) fn remove(&mut self, id: u64) -> Option<R> {
        self.rows.remove(&id)
    }

    /// The rows in the order of their ids.
    pub(crate) fn oldest_first(&self) -> impl DoubleEndedIterator<Item = &R> {
        self.rows.values()
    }

    /// The rows with these ids, in the order of their ids.
    pub(crate) fn range(&self, ids: impl RangeBounds<u64>) -> impl DoubleEndedIterator<Item = &R> {
        self.rows.range(ids).map(|(_, row)| row)
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Gives no id again that another table has given.
    pub(crate) fn after(&mut self, other: &Self) {
        self.last_id = self.last_id.max(other.last_id);
    }

    /// Gives no id that is not greater.
    pub(crate) fn begin_after(&mut self, id: u64) {
        self.last_id = self.last_id.max(id);
    }

    /// The id of the first row that is meant.
    pub(crate) fn find(&self, is_meant: impl Fn(&R) -> bool) -> Option<u64> {
        self.rows.values().find(|row| is_meant(row)).map(Row::id)
    }

    /// The rows in the order of their ids, to be changed.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut R> {
        self.rows.values_mut()
    }

    /// A row that was kept elsewhere, with the id that it had.
    pub(crate) fn restore(&mut self, row: R) {
        self.last_id = self.last_id.max(row.id());
        self.rows.insert(row.id(), row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Row for u64 {
        fn id(&self) -> u64 {
            *self
        }
    }

    #[test]
    fn ids_grow_and_do_not_come_back() {
        let mut table = Table::default();
        let ids = [(); 3].map(|()| *table.insert(|id| id).unwrap());
        assert_eq!((ids, table.remove(3), table.remove(3)), ([1, 2, 3], Some(3), None));
        assert_eq!(table.insert(|id| id), Ok(&4));
        assert_eq!(table.oldest_first().collect::<Vec<_>>(), [&1, &2, &4]);
        table.restore(9);
        assert_eq!(table.get(9), Some(&9));
        assert_eq!(table.insert(|id| id), Ok(&10));
    }

    #[test]
    fn a_table_is_bounded() {
        let mut table = Table::default();
        for _ in 0..MAX_ROWS {
            table.insert(|id| id).unwrap();
        }
        assert_eq!(table.insert(|id| id), Err(Full));
        table.remove(7);
        assert_eq!(table.insert(|id| id).copied(), Ok(MAX_ROWS as u64 + 1));
    }
}
