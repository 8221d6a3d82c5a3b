//! Cursor pages of any table, from the newest to the oldest.

use std::borrow::Cow;
use std::ops::{Bound, Range};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Row, Table, digits, flag};

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
    /// The problem of the parameters.
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
                    let asked = digits(&value).and_then(|asked| usize::try_from(asked).ok());
                    let asked = asked.filter(|asked| (1..=MAX_PER_PAGE).contains(asked));
                    page.per_page = asked.ok_or("`per_page` must be from 1 to 1000")?;
                }
                "include_total_count" => {
                    page.include_total_count = flag(&value).unwrap_or_default();
                }
                _ => {}
            }
        }
        Ok(page)
    }

    /// The rows of a table on the page that are asked for, and its `pagination` as Kit writes it. Looks at the rows
    /// of the page, and at those around it that are not asked for, but not at all rows.
    pub(crate) fn of<R: Row>(
        self,
        table: &Table<R>,
        is_asked_for: impl Fn(&R) -> bool,
    ) -> (Vec<&R>, Value) {
        let is_asked_for = |row: &&R| is_asked_for(row);
        let one_more = self.per_page + 1;

        let below = |id: u64| table.range(..id).rev().filter(is_asked_for);
        let (mut rows, has_previous, has_next): (Vec<&R>, _, _) = match self.from {
            From::Start => {
                let rows: Vec<_> =
                    table.oldest_first().rev().filter(is_asked_for).take(one_more).collect();
                let has_next = rows.len() > self.per_page;
                (rows, false, has_next)
            }
            From::After(id) => {
                let rows: Vec<_> = below(id).take(one_more).collect();
                let has_next = rows.len() > self.per_page;
                (rows, table.range(id..).any(|row| is_asked_for(&row)), has_next)
            }
            From::Before(id) => {
                let above = (Bound::Excluded(id), Bound::Unbounded);
                let above = table.range(above).filter(is_asked_for);
                let mut rows: Vec<_> = above.take(one_more).collect();
                let has_previous = rows.len() > self.per_page;
                rows.truncate(self.per_page);
                rows.reverse();
                (rows, has_previous, table.range(..=id).rev().any(|row| is_asked_for(&row)))
            }
        };
        rows.truncate(self.per_page);
        let total_count =
            self.include_total_count.then(|| table.oldest_first().filter(is_asked_for).count());
        let pagination = self.pagination(&rows, has_previous, has_next, total_count);
        (rows, pagination)
    }

    /// The page of rows that are in no table, in the order of their ids.
    pub(crate) fn of_rows<R: Row>(self, rows: impl Iterator<Item = R>) -> (Vec<R>, Value) {
        let mut newest_first: Vec<R> = rows.collect();
        newest_first.reverse();
        let range = match self.from {
            From::Start => 0..self.per_page,
            From::After(id) => {
                let start = newest_first.partition_point(|row| row.id() >= id);
                start..start.saturating_add(self.per_page)
            }
            From::Before(id) => {
                let end = newest_first.partition_point(|row| row.id() > id);
                end.saturating_sub(self.per_page)..end
            }
        };
        self.cut(newest_first, range)
    }

    /// The row that the page comes after or before.
    pub(crate) fn cursor_row(&self) -> Option<u64> {
        match self.from {
            From::Start => None,
            From::After(id) | From::Before(id) => Some(id),
        }
    }

    /// The same of rows in an order of their own. `None` where the row of the cursor is not among them. It may be
    /// there for its place alone: then `is_left` says that it is not on the list any more.
    pub(crate) fn of_sorted<R: Row>(
        self,
        mut rows: Vec<R>,
        is_left: impl Fn(&R) -> bool,
    ) -> Option<(Vec<R>, Value)> {
        let mut place = |id: u64| {
            let place = rows.iter().position(|row| row.id() == id)?;
            let has_left = rows.get(place).is_some_and(&is_left);
            if has_left {
                rows.remove(place);
            }
            // The place where the rows behind it begin.
            Some((place, if has_left { place } else { place + 1 }))
        };
        let range = match self.from {
            From::Start => 0..self.per_page,
            From::After(id) => {
                let (_, start) = place(id)?;
                start..start.saturating_add(self.per_page)
            }
            From::Before(id) => {
                let (end, _) = place(id)?;
                end.saturating_sub(self.per_page)..end
            }
        };
        Some(self.cut(rows, range))
    }

    fn cut<R: Row>(self, mut all: Vec<R>, range: Range<usize>) -> (Vec<R>, Value) {
        let total_count = all.len();
        let range = range.start.min(total_count)..range.end.min(total_count);
        let (has_previous, has_next) = (range.start > 0, range.end < total_count);
        let rows: Vec<R> = all.drain(range).collect();
        let total_count = self.include_total_count.then_some(total_count);
        let pagination = self.pagination(&rows, has_previous, has_next, total_count);
        (rows, pagination)
    }

    fn pagination<R: Row>(
        &self,
        rows: &[R],
        has_previous: bool,
        has_next: bool,
        total_count: Option<usize>,
    ) -> Value {
        let mut pagination = json!({
            "has_previous_page": has_previous,
            "has_next_page": has_next,
            "start_cursor": rows.first().map(|row| cursor(row.id())),
            "end_cursor": rows.last().map(|row| cursor(row.id())),
            "per_page": self.per_page,
        });
        if let (Some(total_count), Some(fields)) = (total_count, pagination.as_object_mut()) {
            fields.insert("total_count".into(), total_count.into());
        }
        pagination
    }

    /// The same page with at most so many rows.
    pub(crate) fn with_at_most(mut self, most: usize) -> Self {
        self.per_page = self.per_page.min(most);
        self
    }

    /// Whether the page comes before a cursor.
    pub(crate) fn is_backwards(&self) -> bool {
        matches!(self.from, From::Before(_))
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
