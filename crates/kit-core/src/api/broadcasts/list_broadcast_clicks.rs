use http::Method;
use serde::Deserialize;

use super::LinkClicks;
use crate::BroadcastId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery, Pagination};
use crate::wire::{Path, Query, ReadError, Reply};

/// `GET /v4/broadcasts/{broadcast_id}/clicks`: which links of a broadcast were clicked, page by page.
///
/// Kit answers 404 where there is no such broadcast.
///
/// # Examples
///
/// ```
/// use kit_core::broadcasts::ListBroadcastClicks;
///
/// let list = ListBroadcastClicks::new(7.into());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListBroadcastClicks {
    broadcast_id: BroadcastId,
    page: PageQuery,
}

impl ListBroadcastClicks {
    /// Lists the clicked links of this broadcast.
    pub fn new(broadcast_id: BroadcastId) -> Self {
        Self { broadcast_id, page: PageQuery::default() }
    }
}

impl Endpoint for ListBroadcastClicks {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/broadcasts/{broadcast_id}/clicks";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<LinkClicks>;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.broadcast_id])
    }

    fn query(&self, query: &mut Query) {
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<LinkClicks>, ReadError> {
        // The list is inside the broadcast, and its position beside it.
        #[derive(Deserialize)]
        struct Clicks {
            #[serde(default)]
            clicks: Vec<LinkClicks>,
        }
        let (broadcast, pagination) = reply.fields(["broadcast", Pagination::NAME])?;
        let Clicks { clicks } = broadcast;
        Ok(Page::read("clicks", clicks, pagination))
    }
}

impl List for ListBroadcastClicks {
    type Item = LinkClicks;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
