//! The differences between an `OpenAPI` document of Kit's and the facts.

mod flat;
mod open_api;

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::facts;

pub use flat::{Flat, flat};

/// The differences, operation by operation.
#[derive(Debug, Default)]
pub struct Drift {
    /// Operations that only the document has.
    pub new: Vec<String>,
    /// Operations that only the facts have.
    pub gone: Vec<String>,
    /// The differences of an operation, by its name.
    pub changed: BTreeMap<String, Vec<Change>>,
}

/// One parameter or field that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Only the document has it: where, and what it is.
    New(String, String),
    /// Only the facts have it.
    Gone(String, String),
    /// Both have it: what it was, and what it is.
    Changed(String, String, String),
}

impl Drift {
    /// Whether the document says what the facts say.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.gone.is_empty() && self.changed.is_empty()
    }
}

/// Compares a document with the facts. What the facts have from the live service, and no document has, is left out.
///
/// # Errors
///
/// Why the value is no `OpenAPI` document.
pub fn compare(document: &Value) -> Result<Drift, String> {
    let mut newer = open_api::operations(document)?;
    let mut drift = Drift::default();
    for operation in facts::operations() {
        let name = operation.name();
        let Some(is) = newer.remove(&name) else {
            drift.gone.push(name);
            continue;
        };
        let was = flat(operation);
        let changes = changes(&was, &is);
        if !changes.is_empty() {
            drift.changed.insert(name, changes);
        }
    }
    drift.new = newer.into_keys().collect();
    Ok(drift)
}

fn changes(was: &Flat, is: &Flat) -> Vec<Change> {
    let mut changes = Vec::new();
    for (place, kind) in &was.kinds {
        match is.kinds.get(place) {
            _ if was.is_live(place) => {}
            None => changes.push(Change::Gone(place.clone(), kind.clone())),
            Some(now) if now != kind => {
                changes.push(Change::Changed(place.clone(), kind.clone(), now.clone()));
            }
            Some(_) => {}
        }
    }
    for (place, kind) in &is.kinds {
        if !was.kinds.contains_key(place) && !was.is_live(place) {
            changes.push(Change::New(place.clone(), kind.clone()));
        }
    }
    changes
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for name in &self.new {
            writeln!(f, "new      {name}")?;
        }
        for name in &self.gone {
            writeln!(f, "gone     {name}")?;
        }
        for (name, changes) in &self.changed {
            writeln!(f, "changed  {name}")?;
            for change in changes {
                match change {
                    Change::New(place, kind) => writeln!(f, "         + {place}: {kind}")?,
                    Change::Gone(place, kind) => writeln!(f, "         - {place}: {kind}")?,
                    Change::Changed(place, was, is) => {
                        writeln!(f, "         ~ {place}: {is}, was {was}")?;
                    }
                }
            }
        }
        Ok(())
    }
}
