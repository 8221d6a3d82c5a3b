use http::Method;

use super::Purchase;
use crate::endpoint::{Auth, Endpoint};
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::wire::{Query, ReadError, Reply};

/// `GET /v4/purchases`: the purchases of the account, page by page.
///
/// # Examples
///
/// ```
/// use kit_core::purchases::ListPurchases;
///
/// let list = ListPurchases::new();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListPurchases {
    page: PageQuery,
}

impl ListPurchases {
    /// Lists all purchases.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Endpoint for ListPurchases {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/purchases";
    const EFFECT: Effect = Effect::Reads;
    const AUTH: Auth = Auth::OAuth;
    type Reply = Page<Purchase>;

    fn query(&self, query: &mut Query) {
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<Purchase>, ReadError> {
        reply.page("purchases")
    }
}

impl List for ListPurchases {
    type Item = Purchase;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
