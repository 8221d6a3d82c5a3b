//! What is written: the result on the standard output stream, all else on the standard error stream.

mod columns;
mod text;
mod writer;

pub(crate) use self::text::{escaped, plain};
pub(crate) use self::writer::{Format, Writer, of_csv};

/// Says something that is no result.
pub(crate) fn say(text: &str) {
    use std::io::Write as _;
    // Nobody may listen.
    let _ = writeln!(anstream::stderr(), "{text}");
}
