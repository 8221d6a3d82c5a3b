use std::sync::{Mutex, PoisonError};

use super::{Record, SaveError, Store, StoreError};

/// Keeps a session as long as the process runs.
///
/// # Examples
///
/// ```
/// use kit_core::oauth::{App, MemoryStore, Session};
///
/// let session = Session::new(App::public("client-id"), MemoryStore::new());
/// ```
#[derive(Debug, Default)]
pub struct MemoryStore {
    record: Mutex<Option<Record>>,
}

impl MemoryStore {
    /// With nothing in it.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Store for MemoryStore {
    fn load(&self) -> Result<Option<Record>, StoreError> {
        Ok(self.record.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn save(&self, record: &Record) -> Result<(), SaveError> {
        let mut held = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().map(Record::version) != record.replaces() {
            return Err(SaveError::Conflict);
        }
        *held = Some(record.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::oauth::Tokens;

    #[test]
    fn only_what_was_read_is_replaced() {
        let store = MemoryStore::new();
        assert!(store.load().unwrap().is_none());
        let first = Record::new(None, Tokens::new("a"), UNIX_EPOCH);
        store.save(&first).unwrap();
        assert!(matches!(store.save(&first), Err(SaveError::Conflict)));
        let second = Record::new(Some(&first), Tokens::new("b"), UNIX_EPOCH);
        store.save(&second).unwrap();
        assert!(matches!(store.save(&second), Err(SaveError::Conflict)));
        assert_eq!(store.load().unwrap(), Some(second));
    }
}
