use http::Method;

use super::{EndpointStatus, WebhookEndpoint};
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::wire::{Query, ReadError, Reply};

/// `GET /v4/webhook_endpoints`: the webhook endpoints of the account, page by page.
///
/// # Examples
///
/// ```
/// use kit_core::webhook_endpoints::{EndpointStatus, ListWebhookEndpoints};
/// use kit_core::{Credentials, Kit};
///
/// let list = ListWebhookEndpoints::new().with_status(EndpointStatus::Active);
/// let request = Kit::new(Credentials::api_key("kit_0123")).request(&list)?;
/// assert_eq!(request.uri(), "https://api.kit.com/v4/webhook_endpoints?status=active");
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListWebhookEndpoints {
    status: Option<EndpointStatus>,
    page: PageQuery,
}

impl ListWebhookEndpoints {
    /// Lists the endpoints of every status, from the first page on.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lists the endpoints with this status alone.
    #[must_use]
    pub fn with_status(mut self, status: EndpointStatus) -> Self {
        self.status = Some(status);
        self
    }
}

impl Endpoint for ListWebhookEndpoints {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/webhook_endpoints";
    const EFFECT: Effect = Effect::Reads;
    /// The URLs may hold secrets.
    const HAS_SECRET_REPLY: bool = true;
    type Reply = Page<WebhookEndpoint>;

    fn query(&self, query: &mut Query) {
        query.optional("status", self.status.as_ref());
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<WebhookEndpoint>, ReadError> {
        reply.page("webhook_endpoints")
    }
}

impl List for ListWebhookEndpoints {
    type Item = WebhookEndpoint;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}
