use http::Method;

use super::EmailTemplate;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::wire::{Query, ReadError, Reply};

/// `GET /v4/email_templates`: the email templates of the account, page by page.
///
/// # Examples
///
/// ```
/// use kit_core::email_templates::ListEmailTemplates;
///
/// let list = ListEmailTemplates::new();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListEmailTemplates {
    page: PageQuery,
}

impl ListEmailTemplates {
    /// Lists all email templates.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Endpoint for ListEmailTemplates {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/email_templates";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<EmailTemplate>;

    fn query(&self, query: &mut Query) {
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<EmailTemplate>, ReadError> {
        reply.page("email_templates")
    }
}

impl List for ListEmailTemplates {
    type Item = EmailTemplate;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
