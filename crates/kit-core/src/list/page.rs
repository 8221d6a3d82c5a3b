use serde::{Deserialize, Serialize};

/// A page of a list, and where it stands in it.
///
/// Source: Kit's API v4, "Pagination".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where it stands.
    pub pagination: Pagination,
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
