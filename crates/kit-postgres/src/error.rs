use std::error::Error as StdError;
use std::fmt;

use kit_core::chain;
use kit_core::oauth::StoreError;

/// The error of PostgreSQL or of the pool. Its text has the whole chain of causes, and `source` is `None`.
#[derive(Debug)]
pub struct Error(StoreError);

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&chain(&*self.0))
    }
}

impl StdError for Error {}
