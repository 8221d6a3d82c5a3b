use http::Method;

use super::{Form, FormStatus, FormType};
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::wire::{Query, ReadError, Reply};

/// `GET /v4/forms`: the forms and landing pages of the account, page by page.
///
/// # Examples
///
/// ```
/// use kit_core::forms::{FormStatus, FormType, ListForms};
///
/// let pages = ListForms::new().with_form_type(FormType::Hosted).with_status(FormStatus::All);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListForms {
    status: Option<FormStatus>,
    form_type: Option<FormType>,
    subscriber_count: bool,
    page: PageQuery,
}

impl ListForms {
    /// Lists the active forms and landing pages.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks how many active subscribers came by each form: `subscriber_count`. Default: Kit leaves it out. (Kit's documentation has the field, but not
    /// that it must be asked for.)
    #[must_use]
    pub fn with_subscriber_count(mut self) -> Self {
        self.subscriber_count = true;
        self
    }

    /// Lists the forms of this status. Default: the active ones.
    #[must_use]
    pub fn with_status(mut self, status: FormStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Lists forms, or landing pages. Default: both.
    #[must_use]
    pub fn with_form_type(mut self, form_type: FormType) -> Self {
        self.form_type = Some(form_type);
        self
    }
}

impl Endpoint for ListForms {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/forms";
    const EFFECT: Effect = Effect::Reads;
    type Reply = Page<Form>;

    fn query(&self, query: &mut Query) {
        query.optional("status", self.status.as_ref());
        query.optional("type", self.form_type.as_ref());
        query.optional("include", self.subscriber_count.then_some("subscriber_count"));
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<Form>, ReadError> {
        reply.page("forms")
    }
}

impl List for ListForms {
    type Item = Form;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
