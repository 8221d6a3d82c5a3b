/// Why a store could not be read or written. The text of the error must not hold a secret.
pub type StoreError = Box<dyn std::error::Error + Send + Sync>;

/// Why a value was not saved in a store.
#[derive(Debug)]
#[non_exhaustive]
pub enum SaveError {
    /// The value in the store has another version: another process has saved.
    Conflict,
    /// The value could not be written. The `?` operator turns any error into this one.
    Failed(StoreError),
}

impl<E: Into<StoreError>> From<E> for SaveError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}
