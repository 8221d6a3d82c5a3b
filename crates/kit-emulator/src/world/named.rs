use std::collections::HashMap;

use super::{Full, Row, Table};

/// A table whose rows are found by their names, too, without looking at all of them.
#[derive(Clone, Debug)]
pub(crate) struct Named<R> {
    rows: Table<R>,
    ids: HashMap<Name, u64>,
}

/// A name of a row: its kind, and the name in the form in which names are compared.
pub(crate) type Name = (&'static str, String);

/// A row that has names.
pub(crate) trait HasNames: Row {
    /// Its names. Of two rows with the same name, the first is found by it.
    fn names(&self) -> Vec<Name>;
}

impl<R> Default for Named<R> {
    fn default() -> Self {
        Self { rows: Table::default(), ids: HashMap::new() }
    }
}

impl<R: HasNames> Named<R> {
    pub(crate) fn rows(&self) -> &Table<R> {
        &self.rows
    }

    pub(crate) fn get(&self, id: u64) -> Option<&R> {
        self.rows.get(id)
    }

    /// The id of the row with this name.
    pub(crate) fn find(&self, kind: &'static str, name: impl Into<String>) -> Option<u64> {
        self.ids.get(&(kind, name.into())).copied()
    }

    pub(crate) fn insert(&mut self, row: impl FnOnce(u64) -> R) -> Result<&R, Full> {
        let row = self.rows.insert(row)?;
        for name in row.names() {
            self.ids.entry(name).or_insert(row.id());
        }
        Ok(row)
    }

    /// Changes a row, and perhaps its names. `None` where there is no such row.
    pub(crate) fn change(&mut self, id: u64, change: impl FnOnce(&mut R)) -> Option<&R> {
        let row = self.rows.get_mut(id)?;
        for name in row.names() {
            forget(&mut self.ids, &name, id);
        }
        change(row);
        for name in row.names() {
            self.ids.entry(name).or_insert(id);
        }
        Some(row)
    }

    pub(crate) fn remove(&mut self, id: u64) -> Option<R> {
        let row = self.rows.remove(id)?;
        for name in row.names() {
            forget(&mut self.ids, &name, id);
        }
        Some(row)
    }

    /// Takes over rows that were kept elsewhere.
    pub(crate) fn restored(rows: Table<R>) -> Self {
        let mut ids = HashMap::new();
        for row in rows.oldest_first() {
            for name in row.names() {
                ids.entry(name).or_insert(row.id());
            }
        }
        Self { rows, ids }
    }

    pub(crate) fn after(&mut self, other: &Self) {
        self.rows.after(&other.rows);
    }

    /// Gives no id that is not greater.
    pub(crate) fn begin_after(&mut self, id: u64) {
        self.rows.begin_after(id);
    }
}

fn forget(ids: &mut HashMap<Name, u64>, name: &Name, id: u64) {
    if ids.get(name) == Some(&id) {
        ids.remove(name);
    }
}
