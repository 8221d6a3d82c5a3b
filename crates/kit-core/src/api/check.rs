//! Checks of input, before anything is sent.

use crate::error::Error;

/// # Errors
///
/// [`Error::Input`] for the field where the text is blank: Kit answers 422 to that.
pub(super) fn filled(field: &'static str, text: impl Into<String>) -> Result<String, Error> {
    let text = text.into();
    if text.trim().is_empty() { Err(Error::input(field, "is blank")) } else { Ok(text) }
}

/// # Errors
///
/// [`Error::Input`] for the field where there are none: Kit answers 422 to that.
pub(super) fn some<T>(
    field: &'static str,
    items: impl IntoIterator<Item = T>,
) -> Result<Vec<T>, Error> {
    let items: Vec<T> = items.into_iter().collect();
    if items.is_empty() { Err(Error::input(field, "is empty")) } else { Ok(items) }
}
