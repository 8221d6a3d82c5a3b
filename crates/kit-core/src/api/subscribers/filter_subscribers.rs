use http::Method;
use serde::Serialize;

use super::{Condition, CountingMode, FilterExtra, FilterSortField, FilteredSubscriber, SortOrder};
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::list::{List, Page, PageQuery};
use crate::wire::{Body, ReadError, Reply};

/// `POST /v4/subscribers/filter`: finds the subscribers who meet all of several conditions, page by page.
///
/// The body also holds the cursor of the page. Kit's documentation shows pages of this list, but does not say how
/// to ask for one.
///
/// # Examples
///
/// ```
/// use kit_core::subscribers::{Condition, Engagement, FilterSubscribers};
///
/// // Opened three emails or more since July, and has this tag.
/// let since = "2026-07-01".parse()?;
/// let filter = FilterSubscribers::new([
///     Condition::Opens(Engagement::new().with_count(3..).after(since)),
///     Condition::tags([44.into()]),
/// ]);
/// # Ok::<(), kit_core::wire::InvalidTime>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FilterSubscribers {
    all: Vec<Condition>,
    #[serde(skip)]
    is_everybody: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    counting_mode: Option<CountingMode>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    include: Vec<FilterExtra>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort_field: Option<FilterSortField>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort_order: Option<SortOrder>,
    #[serde(flatten)]
    page: PageQuery,
}

impl FilterSubscribers {
    /// Finds the subscribers who meet all of these conditions. Kit advises to include a condition on their states.
    pub fn new(all: impl IntoIterator<Item = Condition>) -> Self {
        Self {
            all: all.into_iter().collect(),
            is_everybody: false,
            counting_mode: None,
            include: Vec::new(),
            sort_field: None,
            sort_order: None,
            page: PageQuery::default(),
        }
    }

    /// Finds everybody: the live service takes a filter without conditions, which is in no document. (A list of
    /// conditions that is empty by mistake is refused by [`new`](Self::new).)
    pub fn everybody() -> Self {
        Self { is_everybody: true, ..Self::new([]) }
    }

    /// How events are counted. Default: [`CountingMode::Raw`].
    #[must_use]
    pub fn with_counting_mode(mut self, counting_mode: CountingMode) -> Self {
        self.counting_mode = Some(counting_mode);
        self
    }

    /// Asks for parts of the subscribers that Kit leaves out by default.
    #[must_use]
    pub fn including(mut self, extras: impl IntoIterator<Item = FilterExtra>) -> Self {
        self.include = extras.into_iter().collect();
        self
    }

    /// Sets the field to sort by. Default: [`FilterSortField::CreatedAt`]. To sort by distance, one of the conditions has to
    /// be a place.
    #[must_use]
    pub fn with_sort_field(mut self, sort_field: FilterSortField) -> Self {
        self.sort_field = Some(sort_field);
        self
    }

    /// In which order to sort. Default: descending, but by distance ascending.
    #[must_use]
    pub fn with_sort_order(mut self, sort_order: SortOrder) -> Self {
        self.sort_order = Some(sort_order);
        self
    }
}

impl Endpoint for FilterSubscribers {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/v4/subscribers/filter";
    /// The operation only reads, although its method is POST.
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<FilteredSubscriber>;

    fn check(&self) -> Result<(), Error> {
        let is_missing = self.all.is_empty() && !self.is_everybody;
        if is_missing || self.all.iter().any(Condition::is_empty) {
            return Err(Error::input("all", "has no condition, or one that names nothing"));
        }
        let is_place = |condition: &Condition| matches!(condition, Condition::Location(_));
        let is_known = |condition: &Condition| !matches!(condition, Condition::Other(_));
        let has_place = self.all.iter().any(is_place) || !self.all.iter().all(is_known);
        if self.sort_field == Some(FilterSortField::Distance) && !has_place {
            return Err(Error::input(
                "sort_field",
                "is the distance, but no condition names a place",
            ));
        }
        Ok(())
    }

    #[inline]
    fn body(&self) -> Result<Body, Error> {
        Body::json(self)
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<FilteredSubscriber>, ReadError> {
        reply.page("subscribers")
    }
}

impl List for FilterSubscribers {
    type Item = FilteredSubscriber;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
