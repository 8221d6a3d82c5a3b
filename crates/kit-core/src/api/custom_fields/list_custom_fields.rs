use http::Method;

use super::CustomField;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::wire::{Query, ReadError, Reply};

/// `GET /v4/custom_fields`: the custom fields of the account, page by page.
///
/// # Examples
///
/// ```
/// use kit_core::custom_fields::ListCustomFields;
///
/// let list = ListCustomFields::new();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListCustomFields {
    page: PageQuery,
}

impl ListCustomFields {
    /// Lists all custom fields.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Endpoint for ListCustomFields {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/custom_fields";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<CustomField>;

    fn query(&self, query: &mut Query) {
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<CustomField>, ReadError> {
        reply.page("custom_fields")
    }
}

impl List for ListCustomFields {
    type Item = CustomField;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
