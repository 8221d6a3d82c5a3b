use http::Method;

use super::{SortOrder, Subscriber, SubscriberExtra, SubscriberSortField, SubscriberStatus};
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::wire::{DateRange, Query, ReadError, Reply};

/// `GET /v4/subscribers`: the subscribers of the account, page by page.
///
/// Kit answers 422 where they are to be sorted by when they unsubscribed, and the status is not
/// [`SubscriberStatus::Cancelled`](super::SubscriberStatus::Cancelled).
///
/// # Examples
///
/// ```
/// use kit_core::subscribers::{ListSubscribers, SubscriberExtra, SubscriberStatus};
///
/// let list = ListSubscribers::new().with_status(SubscriberStatus::All).including([SubscriberExtra::Tags]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListSubscribers {
    email_address: Vec<String>,
    status: Option<SubscriberStatus>,
    created: DateRange,
    updated: DateRange,
    include: Vec<SubscriberExtra>,
    sort_field: Option<SubscriberSortField>,
    sort_order: Option<SortOrder>,
    slim: bool,
    page: PageQuery,
}

impl ListSubscribers {
    /// Lists the active subscribers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lists the subscribers of these email addresses alone.
    #[must_use]
    pub fn with_email_addresses<T: Into<String>>(
        mut self,
        email_addresses: impl IntoIterator<Item = T>,
    ) -> Self {
        self.email_address = email_addresses.into_iter().map(Into::into).collect();
        self
    }

    /// Lists the subscribers of this status. Default: the active ones.
    #[must_use]
    pub fn with_status(mut self, status: SubscriberStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// When the subscriber was created.
    #[must_use]
    pub fn with_created(mut self, created: DateRange) -> Self {
        self.created = created;
        self
    }

    /// When the subscriber was changed last.
    #[must_use]
    pub fn with_updated(mut self, updated: DateRange) -> Self {
        self.updated = updated;
        self
    }

    /// Asks for more than Kit tells by default.
    #[must_use]
    pub fn including(mut self, extras: impl IntoIterator<Item = SubscriberExtra>) -> Self {
        self.include = extras.into_iter().collect();
        self
    }

    /// Sorts by this. Kit's documentation does not say what it sorts by otherwise.
    #[must_use]
    pub fn with_sort_field(mut self, sort_field: SubscriberSortField) -> Self {
        self.sort_field = Some(sort_field);
        self
    }

    /// Sorts in this order.
    #[must_use]
    pub fn with_sort_order(mut self, sort_order: SortOrder) -> Self {
        self.sort_order = Some(sort_order);
        self
    }

    /// Leaves out what takes Kit long to look up. What that is, is not documented.
    #[must_use]
    pub fn slim(mut self) -> Self {
        self.slim = true;
        self
    }
}

impl Endpoint for ListSubscribers {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/subscribers";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<Subscriber>;

    fn query(&self, query: &mut Query) {
        if !self.email_address.is_empty() {
            query.pair("email_address", self.email_address.join(","));
        }
        query.optional("status", self.status.as_ref());
        query.range("created", &self.created);
        query.range("updated", &self.updated);
        if !self.include.is_empty() {
            let extras: Vec<_> = self.include.iter().map(SubscriberExtra::as_str).collect();
            query.pair("include", extras.join(","));
        }
        query.optional("sort_field", self.sort_field.as_ref());
        query.optional("sort_order", self.sort_order.as_ref());
        query.optional("slim", self.slim.then_some(true));
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<Subscriber>, ReadError> {
        reply.page("subscribers")
    }
}

impl List for ListSubscribers {
    type Item = Subscriber;

    fn page_query(&self) -> &PageQuery {
        &self.page
    }

    fn page_query_mut(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
