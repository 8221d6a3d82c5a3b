use http::Method;

use super::SubscriberTag;
use crate::SubscriberId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::wire::{Path, Query, ReadError, Reply};

/// `GET /v4/subscribers/{subscriber_id}/tags`: the tags of a subscriber, page by page.
///
/// Kit answers 404 where there is no such subscriber.
///
/// # Examples
///
/// ```
/// use kit_core::subscribers::ListSubscriberTags;
///
/// let list = ListSubscriberTags::new(9.into());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListSubscriberTags {
    subscriber_id: SubscriberId,
    page: PageQuery,
}

impl ListSubscriberTags {
    /// Lists the tags of this subscriber.
    pub fn new(subscriber_id: SubscriberId) -> Self {
        Self { subscriber_id, page: PageQuery::default() }
    }
}

impl Endpoint for ListSubscriberTags {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/subscribers/{subscriber_id}/tags";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<SubscriberTag>;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.subscriber_id])
    }

    fn query(&self, query: &mut Query) {
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<SubscriberTag>, ReadError> {
        reply.page("tags")
    }
}

impl List for ListSubscriberTags {
    type Item = SubscriberTag;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
