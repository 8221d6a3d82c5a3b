use http::Method;

use super::{SortOrder, Subscriber, SubscriberExtra, SubscriberSortField, SubscriberStatus};
use crate::endpoint::Endpoint;
use crate::error::{Effect, Error};
use crate::list::{List, Page, PageQuery};
use crate::wire::{DateRange, Query, ReadError, Reply};

/// `GET /v4/subscribers`: the subscribers of the account, page by page.
///
/// Sending the list fails with an [`Error::Input`] for `sort_field` or `include` if the list is sorted by the time of
/// unsubscribing, or asks for it, and the status is not
/// [`SubscriberStatus::Cancelled`](super::SubscriberStatus::Cancelled), and for `sort_field` if it is an engagement and
/// the list is for certain email addresses. Kit answers 422 to each.
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
    email_address: Option<Vec<String>>,
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

    /// Lists only the subscribers with these email addresses. Sending the list fails with an [`Error::Input`] if
    /// there is no address, or if an address is blank or has a comma. Kit answers 422 to what is no address, and an
    /// empty list for an address that nobody has. It finds active subscribers alone, unless
    /// [`with_status`](Self::with_status) says otherwise.
    #[must_use]
    pub fn with_email_addresses<T: Into<String>>(
        mut self,
        email_addresses: impl IntoIterator<Item = T>,
    ) -> Self {
        self.email_address = Some(email_addresses.into_iter().map(Into::into).collect());
        self
    }

    /// Lists the subscribers of this status. Default: the active ones.
    #[must_use]
    pub fn with_status(mut self, status: SubscriberStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Lists only subscribers who were created in this range.
    #[must_use]
    pub fn with_created(mut self, created: DateRange) -> Self {
        self.created = created;
        self
    }

    /// Lists only subscribers who were last changed in this range.
    #[must_use]
    pub fn with_updated(mut self, updated: DateRange) -> Self {
        self.updated = updated;
        self
    }

    /// Asks for parts of the subscribers that Kit leaves out by default.
    #[must_use]
    pub fn including(mut self, extras: impl IntoIterator<Item = SubscriberExtra>) -> Self {
        self.include = extras.into_iter().collect();
        self
    }

    /// Sorts the list by this field. Default: the id, the newest first.
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

    /// Leaves out fields that are costly for Kit to look up: the custom fields of the subscribers.
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
        query.optional("email_address", self.email_address.as_ref().map(|all| all.join(",")));
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

    /// No body: this is where what is asked for is checked.
    fn check(&self) -> Result<(), Error> {
        let is_cancelled = self.status == Some(SubscriberStatus::Cancelled);
        let sort_field = self.sort_field.as_ref().map_or("", SubscriberSortField::as_str);
        if matches!(sort_field, "cancelled_at" | "canceled_at") && !is_cancelled {
            return Err(Error::input("sort_field", "needs the status `cancelled`"));
        }
        if sort_field.starts_with("engagement__") && self.email_address.is_some() {
            let reason =
                "is an engagement, which Kit does not sort by together with `email_address`";
            return Err(Error::input("sort_field", reason));
        }
        if self.include.contains(&SubscriberExtra::CanceledAt) && !is_cancelled {
            return Err(Error::input(
                "include",
                "has `canceled_at`, which needs the status `cancelled`",
            ));
        }
        if let Some(email_addresses) = &self.email_address {
            let is_one = |text: &String| !text.trim().is_empty() && !text.contains(',');
            if email_addresses.is_empty() || !email_addresses.iter().all(is_one) {
                let reason = "names no address, or has a blank one, or one with a comma";
                return Err(Error::input("email_address", reason));
            }
        }
        Ok(())
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<Subscriber>, ReadError> {
        reply.page("subscribers")
    }
}

impl List for ListSubscribers {
    type Item = Subscriber;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
