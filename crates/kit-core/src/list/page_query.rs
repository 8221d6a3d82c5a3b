use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::Error;
use crate::wire::Query;

/// Which page of a list to ask for: the query parameters that all lists share.
///
/// A [`List`](crate::List) has a `PageQuery`, and [`write`](Self::write)s it into its query.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PageQuery {
    start: Start,
    per_page: Option<u16>,
    with_total_count: bool,
}

/// Kit does not take `before` beside `after`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
enum Start {
    #[default]
    First,
    After(String),
    Before(String),
}

impl PageQuery {
    /// Adds these parameters to the query of a list.
    pub fn write(&self, query: &mut Query) {
        match &self.start {
            Start::First => {}
            Start::After(cursor) => drop(query.pair("after", cursor)),
            Start::Before(cursor) => drop(query.pair("before", cursor)),
        }
        query.optional("per_page", self.per_page);
        query.optional("include_total_count", self.with_total_count.then_some(true));
    }

    /// The cursor of the item that the page comes after. `None` for the first page, and for a page that ends
    /// before a cursor.
    pub fn after(&self) -> Option<&str> {
        match &self.start {
            Start::After(cursor) => Some(cursor),
            Start::First | Start::Before(_) => None,
        }
    }

    pub(super) fn set_after(&mut self, cursor: String) {
        self.start = Start::After(cursor);
    }

    pub(super) fn set_before(&mut self, cursor: String) {
        self.start = Start::Before(cursor);
    }

    pub(super) fn set_per_page(&mut self, per_page: u16) -> Result<(), Error> {
        if !(1..=1000).contains(&per_page) {
            return Err(Error::input("per_page", "is not from 1 to 1000"));
        }
        self.per_page = Some(per_page);
        Ok(())
    }

    pub(super) fn set_total_count(&mut self, is_asked_for: bool) {
        self.with_total_count = is_asked_for;
    }
}

/// For a list that is asked for by the body of its request: the same names with the same values.
impl Serialize for PageQuery {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.start {
            Start::First => {}
            Start::After(cursor) => map.serialize_entry("after", cursor)?,
            Start::Before(cursor) => map.serialize_entry("before", cursor)?,
        }
        if let Some(per_page) = self.per_page {
            map.serialize_entry("per_page", &per_page)?;
        }
        if self.with_total_count {
            map.serialize_entry("include_total_count", &true)?;
        }
        map.end()
    }
}
