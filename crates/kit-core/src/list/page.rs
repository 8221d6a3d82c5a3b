use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

/// A page of a list, and where it stands in it.
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
    /// What is on it.
    pub items: Vec<T>,
    /// Where it stands.
    pub pagination: Pagination,
    /// What Kit calls the items.
    pub(crate) name: &'static str,
}

impl<T> Page<T> {
    /// The only page of a list.
    pub fn new(items: Vec<T>) -> Self {
        Self::read("items", items, Pagination::default())
    }

    pub(crate) fn read(name: &'static str, items: Vec<T>, pagination: Pagination) -> Self {
        Self { items, pagination, name }
    }
}

/// As Kit writes it: `{"webhooks": […], "pagination": {…}}`.
impl<T: Serialize> Serialize for Page<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry(self.name, &self.items)?;
        map.serialize_entry(Pagination::NAME, &self.pagination)?;
        map.end()
    }
}

/// Where a page stands in its list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Pagination {
    /// Whether there is a page before it.
    pub has_previous_page: bool,
    /// Whether there is a page behind it.
    pub has_next_page: bool,
    /// The cursor of its first item. `None` on an empty page.
    pub start_cursor: Option<String>,
    /// The cursor of its last item. `None` on an empty page.
    pub end_cursor: Option<String>,
    /// How many items a page has at most.
    pub per_page: u64,
    /// How many items the list has, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_count: Option<u64>,
}

impl Pagination {
    pub(crate) const NAME: &str = "pagination";

    /// Of a page with another one behind it, which begins behind this cursor.
    pub fn with_next(end_cursor: impl Into<String>) -> Self {
        Self { has_next_page: true, end_cursor: Some(end_cursor.into()), ..Self::default() }
    }
}

/// Of the only page of a list, of at most 500 items as Kit finds good.
impl Default for Pagination {
    fn default() -> Self {
        Self {
            has_previous_page: false,
            has_next_page: false,
            start_cursor: None,
            end_cursor: None,
            per_page: 500,
            total_count: None,
        }
    }
}
