use http::Method;

use super::TaggedSubscriber;
use crate::TagId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::subscribers::SubscriberStatus;
use crate::wire::{DateRange, Path, Query, ReadError, Reply};

/// `GET /v4/tags/{tag_id}/subscribers`: who has a tag, page by page.
///
/// Kit answers 404 where there is no such tag.
///
/// # Examples
///
/// ```
/// use kit_core::tags::ListTagSubscribers;
/// use kit_core::subscribers::SubscriberStatus;
///
/// let list = ListTagSubscribers::new(44.into()).with_status(SubscriberStatus::All);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListTagSubscribers {
    tag_id: TagId,
    status: Option<SubscriberStatus>,
    tagged: DateRange,
    created: DateRange,
    slim: bool,
    page: PageQuery,
}

impl ListTagSubscribers {
    /// Lists the active subscribers with this tag.
    pub fn new(tag_id: TagId) -> Self {
        Self {
            tag_id,
            status: None,
            tagged: DateRange::default(),
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

    /// Lists only subscribers who got the tag in this range.
    #[must_use]
    pub fn with_tagged(mut self, tagged: DateRange) -> Self {
        self.tagged = tagged;
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

impl Endpoint for ListTagSubscribers {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/tags/{tag_id}/subscribers";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<TaggedSubscriber>;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.tag_id])
    }

    fn query(&self, query: &mut Query) {
        query.optional("status", self.status.as_ref());
        query.range("tagged", &self.tagged);
        query.range("created", &self.created);
        query.optional("slim", self.slim.then_some(true));
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<TaggedSubscriber>, ReadError> {
        reply.page("subscribers")
    }
}

impl List for ListTagSubscribers {
    type Item = TaggedSubscriber;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
