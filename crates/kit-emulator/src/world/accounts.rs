use std::collections::BTreeMap;

/// The accounts, each with a table for each resource and with credentials of its own. One of them is in view: its tables are
/// the world's.
#[derive(Debug)]
pub(crate) struct Accounts<T> {
    held: BTreeMap<u64, Held<T>>,
    in_view: u64,
    first: u64,
}

#[derive(Debug)]
struct Held<T> {
    keys: Keys,
    /// `None` while the account is in view.
    tables: Option<T>,
}

/// The credentials of an account that never end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) api_key: String,
    pub(crate) access_token: String,
}

impl<T> Accounts<T> {
    pub(super) fn new(id: u64, keys: Keys) -> Self {
        let held = BTreeMap::from([(id, Held { keys, tables: None })]);
        Self { held, in_view: id, first: id }
    }

    /// The id of the next account.
    pub(super) fn next_id(&self) -> u64 {
        self.held.last_key_value().map_or(self.first, |(id, _)| *id).saturating_add(1)
    }

    /// Adds an account.
    pub(super) fn add(&mut self, id: u64, keys: Keys, tables: T) {
        self.held.insert(id, Held { keys, tables: Some(tables) });
    }

    /// Puts another account in view, in place of the tables of the one that was. Returns whether there is one.
    pub(super) fn view(&mut self, id: u64, tables: &mut T) -> bool {
        if id == self.in_view {
            return true;
        }
        let Some(taken) = self.held.get_mut(&id).and_then(|held| held.tables.take()) else {
            return false;
        };
        let parked = std::mem::replace(tables, taken);
        if let Some(held) = self.held.get_mut(&self.in_view) {
            held.tables = Some(parked);
        }
        self.in_view = id;
        true
    }

    /// Whether there is one alone.
    pub(super) fn is_one(&self) -> bool {
        self.held.len() == 1
    }

    pub(super) fn in_view(&self) -> u64 {
        self.in_view
    }

    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// The tables of the others.
    pub(super) fn parked(&self) -> impl Iterator<Item = &T> {
        self.held.values().filter_map(|held| held.tables.as_ref())
    }

    pub(crate) fn ids(&self) -> Vec<u64> {
        self.held.keys().copied().collect()
    }

    pub(crate) fn keys(&self, id: u64) -> Option<&Keys> {
        self.held.get(&id).map(|held| &held.keys)
    }

    pub(super) fn by_api_key(&self, key: &str) -> Option<u64> {
        self.by(|keys| keys.api_key == key)
    }

    pub(super) fn by_access_token(&self, token: &str) -> Option<u64> {
        self.by(|keys| keys.access_token == token)
    }

    fn by(&self, is_meant: impl Fn(&Keys) -> bool) -> Option<u64> {
        self.held.iter().find(|(_, held)| is_meant(&held.keys)).map(|(id, _)| *id)
    }
}
