use std::error::Error as StdError;
use std::fmt;

use kit_core::oauth::StoreError;

/// What PostgreSQL or the pool has answered. Its text has the whole chain of causes, and `source` is `None`.
#[derive(Debug)]
pub struct Error(StoreError);

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let (mut cause, mut said) = (self.0.source(), self.0.to_string());
        while let Some(error) = cause {
            let text = error.to_string();
            // Some errors repeat their cause.
            if !said.contains(&text) {
                write!(f, ": {text}")?;
            }
            said = text;
            cause = error.source();
        }
        Ok(())
    }
}

impl StdError for Error {}
