use crate::output::say;

/// Opens a page in the user's browser, or says that it cannot.
pub(crate) fn open(url: &str) {
    if let Err(error) = open::that_detached(url) {
        say(&format!("No browser can be opened: {error}"));
    }
}
