use http::Method;

use super::Segment;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::wire::{Query, ReadError, Reply};

/// `GET /v4/segments`: the segments of the account, page by page.
///
/// The API does not create or change segments. Their ids choose who gets a broadcast, and who skips a sequence.
///
/// # Examples
///
/// ```
/// use kit_core::segments::ListSegments;
///
/// let list = ListSegments::new();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListSegments {
    page: PageQuery,
}

impl ListSegments {
    /// Lists all segments.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Endpoint for ListSegments {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/segments";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<Segment>;

    fn query(&self, query: &mut Query) {
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<Segment>, ReadError> {
        reply.page("segments")
    }
}

impl List for ListSegments {
    type Item = Segment;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
