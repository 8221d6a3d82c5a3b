use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::Error;

/// How many custom fields a request may have. Above 10, Kit saves them later.
const MAX_FIELDS: usize = 140;

/// Values of custom fields by their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub(super) struct SentFields(BTreeMap<String, Option<String>>);

impl SentFields {
    pub(super) fn set(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.0.insert(key.into(), Some(value.into()));
    }

    pub(super) fn clear(&mut self, key: impl Into<String>) {
        self.0.insert(key.into(), None);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// # Errors
    ///
    /// [`Error::Input`] for `fields` where there are too many.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.0.len() > MAX_FIELDS {
            return Err(Error::input("fields", "are more than 140"));
        }
        Ok(())
    }
}
