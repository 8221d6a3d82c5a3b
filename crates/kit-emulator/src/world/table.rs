use std::collections::BTreeMap;

/// How many rows a table holds, so that a program that runs for months stays bounded.
const MAX_ROWS: usize = 100_000;

/// The rows of one resource, by their ids, which grow.
#[derive(Clone, Debug)]
pub(crate) struct Table<R> {
    rows: BTreeMap<u64, R>,
    last_id: u64,
}

/// What a table holds.
pub(crate) trait Row {
    fn id(&self) -> u64;
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
        if self.rows.len() >= MAX_ROWS {
            return Err(Full);
        }
        self.last_id += 1;
        let row = row(self.last_id);
        Ok(self.rows.entry(self.last_id).or_insert(row))
    }

    pub(crate) fn remove(&mut self, id: u64) -> Option<R> {
        self.rows.remove(&id)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows in the order of their ids.
    pub(crate) fn oldest_first(&self) -> impl DoubleEndedIterator<Item = &R> {
        self.rows.values()
    }

    /// The rows with smaller ids, the greatest first.
    pub(crate) fn older_than(&self, id: u64) -> impl Iterator<Item = &R> {
        self.rows.range(..id).rev().map(|(_, row)| row)
    }

    /// The rows with greater ids, the smallest first.
    pub(crate) fn newer_than(&self, id: u64) -> impl Iterator<Item = &R> {
        let behind = id.checked_add(1);
        behind.into_iter().flat_map(|first| self.rows.range(first..)).map(|(_, row)| row)
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
        assert_eq!(table.older_than(4).collect::<Vec<_>>(), [&2, &1]);
        assert_eq!(table.newer_than(1).collect::<Vec<_>>(), [&2, &4]);
        assert_eq!(table.newer_than(u64::MAX).count(), 0);
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
