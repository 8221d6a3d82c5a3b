//! Options that several operations share.

use std::path::PathBuf;

use clap::Args;
use kit_ureq::{Date, DateBound, DateRange, Timestamp};

use crate::Failure;

/// The operation, with an option if it is given.
pub(super) fn with<O, T>(operation: O, option: Option<T>, set: impl FnOnce(O, T) -> O) -> O {
    match option {
        Some(option) => set(operation, option),
        None => operation,
    }
}

/// The operation, with a switch if it is given.
pub(super) fn flag<O>(operation: O, is_given: bool, set: impl FnOnce(O) -> O) -> O {
    if is_given { set(operation) } else { operation }
}

/// The operation, with one of two switches if it is given.
pub(super) fn either<O>(operation: O, on: (bool, fn(O) -> O), off: (bool, fn(O) -> O)) -> O {
    flag(flag(operation, on.0, on.1), off.0, off.1)
}

/// A day, or a moment.
pub(super) fn bound(text: &str) -> Result<DateBound, String> {
    let day = text.parse::<Date>().map(DateBound::from);
    let moment = || text.parse::<Timestamp>().map(DateBound::from);
    day.or_else(|_| moment()).map_err(|_| {
        "is no day such as 2026-07-29, and no time such as 2026-07-29T14:32:10Z".to_owned()
    })
}

/// `NAME=VALUE`
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("is not of the form NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// The content of an email
#[derive(Args, Debug)]
#[group(multiple = false)]
pub(crate) struct Html {
    /// The content, as HTML.
    #[arg(long, value_name = "HTML")]
    content: Option<String>,
    /// A file with the content, as HTML; - is the standard input stream.
    #[arg(long, value_name = "FILE")]
    content_file: Option<PathBuf>,
}

impl Html {
    pub(super) fn read(self) -> Result<Option<String>, Failure> {
        let Some(file) = self.content_file else { return Ok(self.content) };
        crate::api::text(&file).map(Some)
    }
}

fn range(after: Option<DateBound>, before: Option<DateBound>) -> DateRange {
    match (after, before) {
        (Some(after), Some(before)) => DateRange::between(after, before),
        (Some(after), None) => DateRange::after(after),
        (None, Some(before)) => DateRange::before(before),
        (None, None) => DateRange::default(),
    }
}

macro_rules! ranges {
    ($($range:ident: $after:ident, $before:ident, $what:literal;)+) => {$(
        #[derive(Args, Debug)]
        pub(crate) struct $range {
            #[doc = concat!("Only what was ", $what, " after this day or moment.")]
            #[arg(long, value_name = "WHEN", value_parser = bound)]
            $after: Option<DateBound>,
            #[doc = concat!("Only what was ", $what, " before this day or moment.")]
            #[arg(long, value_name = "WHEN", value_parser = bound)]
            $before: Option<DateBound>,
        }

        impl From<$range> for DateRange {
            fn from(given: $range) -> Self {
                range(given.$after, given.$before)
            }
        }
    )+};
}

ranges! {
    Created: created_after, created_before, "created";
    Updated: updated_after, updated_before, "changed last";
    Added: added_after, added_before, "added";
    Tagged: tagged_after, tagged_before, "tagged";
    SentAt: sent_after, sent_before, "sent";
    EmailSent: email_sent_after, email_sent_before, "sent by email";
}
