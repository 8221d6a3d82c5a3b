use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Scope, Synced};
use crate::Error;
use crate::wire::http_url;

/// The steps by which Kit gets what is wanted: the same for any order of the input.
///
/// Applied, and made anew, a plan is empty. Shown, it is a line for each thing to do; of URLs, which may hold secrets,
/// it shows the host.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Plan<T: Synced> {
    /// The items to create.
    pub create: Vec<T::Create>,
    /// The items that differ from what is wanted, with their changes.
    pub update: Vec<(T, T::Update)>,
    /// The items that are duplicates, or not wanted.
    pub delete: Vec<Deletion<T>>,
    /// The items that stay, changed or not.
    pub keep: Vec<T>,
}

/// An item to delete, and the reason.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Deletion<T> {
    /// The item to delete.
    pub item: T,
    /// Why.
    pub reason: Reason,
}

/// Why something is to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The same is there, and is older, or the one whose secret is known.
    Duplicate,
    /// The item is in the scope, and not wanted.
    Stray,
}

impl<T: Synced> Plan<T> {
    /// Compares what is wanted with what exists. Of duplicates the oldest is kept. What is neither wanted nor in the
    /// scope is left alone, and so is a webhook whose event Kit does not name.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `wanted` where two exclude each other: endpoints with one URL and different events, say.
    pub fn new(
        wanted: impl IntoIterator<Item = T::Create>,
        existing: impl IntoIterator<Item = T>,
        scope: &Scope,
    ) -> Result<Self, Error> {
        Self::preferring(&BTreeSet::new(), wanted, existing, scope)
    }

    /// The same; but of duplicates one with these ids is kept, where there is one: whose secret is known.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new).
    pub fn preferring(
        ids: &BTreeSet<u64>,
        wanted: impl IntoIterator<Item = T::Create>,
        existing: impl IntoIterator<Item = T>,
        scope: &Scope,
    ) -> Result<Self, Error> {
        let mut missing = BTreeMap::new();
        for wanted in wanted {
            let key = T::wanted_key(&wanted);
            match missing.get(&key) {
                Some(other) if !T::is_same(other, &wanted) => {
                    let (_, url) = T::wanted_description(&wanted);
                    let host = http_url::without_secret(url);
                    return Err(Error::input("wanted", format!("has two for {host} that differ")));
                }
                // Written in two ways, it is created in one, whichever came first.
                Some(other) if T::wanted_description(other) <= T::wanted_description(&wanted) => {}
                _ => drop(missing.insert(key, wanted)),
            }
        }
        let mut best_first: Vec<T> = existing.into_iter().filter(T::is_known).collect();
        best_first.sort_by_key(|item| (!ids.contains(&item.id()), item.id()));
        // Pages of a list that changes may overlap: one that comes twice is no duplicate.
        best_first.dedup_by_key(|item| item.id());
        let mut kept = BTreeSet::new();
        let mut plan = Self { create: vec![], update: vec![], delete: vec![], keep: vec![] };
        for item in best_first {
            let key = item.key();
            if kept.contains(&key) {
                plan.delete.push(Deletion { item, reason: Reason::Duplicate });
            } else if let Some(wanted) = missing.remove(&key) {
                kept.insert(key);
                if let Some(update) = item.update(&wanted) {
                    plan.update.push((item.clone(), update));
                }
                plan.keep.push(item);
            } else if scope.contains(item.url()) {
                plan.delete.push(Deletion { item, reason: Reason::Stray });
            }
        }
        plan.create = missing.into_values().collect();
        Ok(plan)
    }

    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.create.is_empty() && self.update.is_empty() && self.delete.is_empty()
    }
}

impl<T: Synced> fmt::Display for Plan<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for wanted in &self.create {
            let (description, url) = T::wanted_description(wanted);
            writeln!(f, "create {description} for {}", http_url::without_secret(url))?;
        }
        let of = |item: &T| {
            format!("{} for {}", item.description(), http_url::without_secret(item.url()))
        };
        for (item, _) in &self.update {
            writeln!(f, "update {}: {}", item.id(), of(item))?;
        }
        for Deletion { item, reason } in &self.delete {
            let reason = match reason {
                Reason::Duplicate => "a duplicate",
                Reason::Stray => "not wanted",
            };
            writeln!(f, "delete {}, {reason}: {}", item.id(), of(item))?;
        }
        Ok(())
    }
}
