use http::Method;

use super::FormSubscriber;
use crate::FormId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::subscribers::SubscriberStatus;
use crate::wire::{DateRange, Path, Query, ReadError, Reply};

/// `GET /v4/forms/{form_id}/subscribers`: who came by a form, page by page.
///
/// Kit answers 404 where there is no such form.
///
/// # Examples
///
/// ```
/// use kit_core::forms::ListFormSubscribers;
///
/// let list = ListFormSubscribers::new(44.into()).slim();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListFormSubscribers {
    form_id: FormId,
    status: Option<SubscriberStatus>,
    added: DateRange,
    created: DateRange,
    slim: bool,
    page: PageQuery,
}

impl ListFormSubscribers {
    /// Lists the active subscribers of this form.
    pub fn new(form_id: FormId) -> Self {
        Self {
            form_id,
            status: None,
            added: DateRange::default(),
            created: DateRange::default(),
            slim: false,
            page: PageQuery::default(),
        }
    }

    /// Lists the subscribers of this status. Default: the active ones.
    #[must_use]
    pub fn with_status(mut self, status: SubscriberStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Lists only subscribers who were added to the form in this range.
    #[must_use]
    pub fn with_added(mut self, added: DateRange) -> Self {
        self.added = added;
        self
    }

    /// Lists only subscribers who were created in this range.
    #[must_use]
    pub fn with_created(mut self, created: DateRange) -> Self {
        self.created = created;
        self
    }

    /// Leaves out fields that are costly for Kit to look up: the custom fields of the subscribers.
    #[must_use]
    pub fn slim(mut self) -> Self {
        self.slim = true;
        self
    }
}

impl Endpoint for ListFormSubscribers {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/forms/{form_id}/subscribers";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<FormSubscriber>;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.form_id])
    }

    fn query(&self, query: &mut Query) {
        query.optional("status", self.status.as_ref());
        query.range("added", &self.added);
        query.range("created", &self.created);
        query.optional("slim", self.slim.then_some(true));
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<FormSubscriber>, ReadError> {
        reply.page("subscribers")
    }
}

impl List for ListFormSubscribers {
    type Item = FormSubscriber;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
