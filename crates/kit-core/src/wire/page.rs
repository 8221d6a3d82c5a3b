use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A page of a list, with its position in the list.
///
/// Source: Kit's API v4, "Pagination".
///
/// # Examples
///
/// A page of your own, for a test of yours:
///
/// ```
/// use kit_core::webhooks::{Event, Webhook};
/// use kit_core::{Page, Pagination};
///
/// let webhook = Webhook::new(9, 1539, Event::PurchaseCreate, "https://example.com/kit");
/// let mut page = Page::new(vec![webhook]);
/// assert!(!page.pagination.has_next_page);
/// page.pagination = Pagination::with_next("WzFd");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Page<T> {
    /// The items on the page.
    pub items: Vec<T>,
    /// The position of the page in its list.
    pub pagination: Pagination,
    /// The field in which Kit sends the items, such as `webhooks`.
    pub(crate) name: &'static str,
}

impl<T> Page<T> {
    /// A page with these items that is the only page of its list.
    pub fn new(items: Vec<T>) -> Self {
        Self::read("items", items, Pagination::default())
    }

    pub(crate) fn read(name: &'static str, items: Vec<T>, pagination: Pagination) -> Self {
        Self { items, pagination, name }
    }
}

/// Writes the page as Kit does: `{"webhooks": […], "pagination": {…}}`.
impl<T: Serialize> Serialize for Page<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry(self.name, &self.items)?;
        map.serialize_entry(Pagination::NAME, &self.pagination)?;
        map.end()
    }
}

/// The position of a page in its list.
///
/// If Kit does not say whether there is a page before or after this one, a cursor counts as yes: a page that
/// is not there comes back empty, and nothing is missed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Pagination {
    /// Whether there is a page before this one.
    pub has_previous_page: bool,
    /// Whether there is a page after this one.
    pub has_next_page: bool,
    /// The cursor of the first item on the page. `None` on an empty page.
    pub start_cursor: Option<String>,
    /// The cursor of the last item on the page. `None` on an empty page.
    pub end_cursor: Option<String>,
    /// How many items a page has at most.
    pub per_page: Option<u64>,
    /// How many items the list has. `None` unless [`List::with_total_count`](crate::List::with_total_count)
    /// asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_count: Option<u64>,
}

impl Pagination {
    pub(crate) const NAME: &str = "pagination";

    /// The position of a first page whose last item has the cursor `end_cursor`, and which another page
    /// follows.
    pub fn with_next(end_cursor: impl Into<String>) -> Self {
        Self { has_next_page: true, end_cursor: Some(end_cursor.into()), ..Self::default() }
    }
}

/// The position of the only page of a list, with Kit's default of at most 500 items on a page.
impl Default for Pagination {
    fn default() -> Self {
        Self {
            has_previous_page: false,
            has_next_page: false,
            start_cursor: None,
            end_cursor: None,
            per_page: Some(500),
            total_count: None,
        }
    }
}

impl<'de> Deserialize<'de> for Pagination {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Pagination {
            has_previous_page: Option<bool>,
            has_next_page: Option<bool>,
            start_cursor: Option<String>,
            end_cursor: Option<String>,
            per_page: Option<u64>,
            total_count: Option<u64>,
        }
        let read = Pagination::deserialize(deserializer)?;
        Ok(Self {
            has_previous_page: read.has_previous_page.unwrap_or(read.start_cursor.is_some()),
            has_next_page: read.has_next_page.unwrap_or(read.end_cursor.is_some()),
            start_cursor: read.start_cursor,
            end_cursor: read.end_cursor,
            per_page: read.per_page,
            total_count: read.total_count,
        })
    }
}
