//! Cursor pages of any table, from the newest to the oldest.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Row, Table};

const DEFAULT_PER_PAGE: usize = 500;
const MAX_PER_PAGE: usize = 1000;

/// Which page is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    from: From,
    per_page: usize,
    include_total_count: bool,
}

#[derive(Clone, Copy, Debug)]
enum From {
    Start,
    After(u64),
    Before(u64),
}

impl Page {
    /// Reads the parameters of a query, as far as they are about pages.
    ///
    /// # Errors
    ///
    /// What is wrong with them.
    pub(crate) fn read<'a>(
        parameters: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>,
    ) -> Result<Self, String> {
        let mut page =
            Self { from: From::Start, per_page: DEFAULT_PER_PAGE, include_total_count: false };
        for (name, value) in parameters {
            match &*name {
                "after" | "before" if !matches!(page.from, From::Start) => {
                    return Err("`after` and `before` exclude each other".into());
                }
                "after" => page.from = From::After(read_cursor("after", &value)?),
                "before" => page.from = From::Before(read_cursor("before", &value)?),
                "per_page" => {
                    let asked = value.parse().ok().filter(|n| (1..=MAX_PER_PAGE).contains(n));
                    page.per_page = asked.ok_or("`per_page` must be from 1 to 1000")?;
                }
                "include_total_count" => page.include_total_count = value == "true",
                _ => {}
            }
        }
        Ok(page)
    }

    /// The rows on the page, and its `pagination` as Kit writes it.
    pub(crate) fn of<R: Row>(self, table: &Table<R>) -> (Vec<&R>, Value) {
        let mut rows: Vec<_> = match self.from {
            From::Start => table.older_than(u64::MAX).take(self.per_page).collect(),
            From::After(id) => table.older_than(id).take(self.per_page).collect(),
            From::Before(id) => table.newer_than(id).take(self.per_page).collect(),
        };
        if matches!(self.from, From::Before(_)) {
            rows.reverse();
        }
        // An empty page stands where its cursor says.
        let (first, last) = match (rows.first(), rows.last(), self.from) {
            (Some(first), Some(last), _) => (first.id(), last.id()),
            (_, _, From::After(id)) => (id.saturating_sub(1), id),
            (_, _, From::Before(id)) => (id, id.saturating_add(1)),
            _ => (u64::MAX, 0),
        };
        let mut pagination = json!({
            "has_previous_page": table.newer_than(first).next().is_some(),
            "has_next_page": table.older_than(last).next().is_some(),
            "start_cursor": rows.first().map(|row| cursor(row.id())),
            "end_cursor": rows.last().map(|row| cursor(row.id())),
            "per_page": self.per_page,
        });
        if let (true, Some(fields)) = (self.include_total_count, pagination.as_object_mut()) {
            fields.insert("total_count".into(), table.len().into());
        }
        (rows, pagination)
    }
}

/// Opaque to clients; holds what a query must encode.
fn cursor(id: u64) -> String {
    STANDARD.encode(format!("\u{ff}\u{ff}{id}"))
}

fn read_cursor(field: &str, cursor: &str) -> Result<u64, String> {
    let id = STANDARD.decode(cursor).ok().and_then(|text| String::from_utf8(text).ok());
    id.and_then(|id| id.trim_start_matches('\u{ff}').parse().ok())
        .ok_or_else(|| format!("`{field}` is not a cursor"))
}
