use std::io;

/// Why events are not taken.
#[derive(Debug)]
pub(crate) enum Busy {
    /// There is no room for them, or the receiver is closed.
    Full,
    /// The events cannot be written to the state file.
    Unsaved(io::Error),
}
