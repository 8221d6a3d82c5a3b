use std::error::Error;

/// Any error of an HTTP stack.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;
