use http::Method;

use super::Webhook;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery};
use crate::wire::{Query, ReadError, Reply};

/// `GET /v4/webhooks`: the webhooks of the account, page by page.
///
/// [`List`](crate::List) has the methods that all lists share, such as the one for the size of a page.
///
/// # Examples
///
/// ```
/// use kit_core::webhooks::ListWebhooks;
/// use kit_core::{Credentials, Kit, List as _};
///
/// let kit = Kit::new(Credentials::api_key("kit_0123"));
/// let request = kit.request(&ListWebhooks::new().per_page(100)?)?;
/// assert_eq!(request.uri(), "https://api.kit.com/v4/webhooks?per_page=100");
/// # Ok::<(), kit_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListWebhooks {
    page: PageQuery,
}

impl ListWebhooks {
    /// Lists the webhooks from the first page on.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Endpoint for ListWebhooks {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/webhooks";
    const EFFECT: Effect = Effect::Reads;
    /// The target URLs may hold the secrets by which programs recognise Kit's calls.
    const HAS_SECRET_REPLY: bool = true;
    type Reply = Page<Webhook>;

    fn query(&self, query: &mut Query) {
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<Webhook>, ReadError> {
        reply.page("webhooks")
    }
}

impl List for ListWebhooks {
    type Item = Webhook;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::kit;

    #[test]
    fn a_page_is_read_and_written_alike() {
        let body = r#"{"webhooks":[{"id":9,"account_id":1539,"event":{"name":"subscriber.tag_add","form_id":null,"tag_id":4,"sequence_id":null,"product_id":null,"initiator_value":null,"custom_field_id":null},"target_url":"https://a.b/"}],"pagination":{"has_previous_page":false,"has_next_page":true,"start_cursor":"WzFd","end_cursor":"WzFd","per_page":1}}"#;
        let response = http::Response::builder().status(200).body(body).unwrap();
        let page = kit().response(&ListWebhooks::new(), response).unwrap();
        assert_eq!((page.items.len(), page.pagination.per_page), (1, Some(1)));
        assert_eq!(page.pagination.end_cursor.as_deref(), Some("WzFd"));
        assert_eq!(serde_json::to_string(&page).unwrap(), body);
    }

    #[test]
    fn a_malformed_reply_is_named_without_its_target_url() {
        let body = r#"{"webhooks": [{"id": 9, "account_id": 1, "target_url": "https://a.b/5ecret",
            "event": {"name": "tag_add"}}, {"id": 9, "target_url": ["https://a.b/5ecret"]}],
            "pagination": {}}"#;
        let response = http::Response::builder().status(200).body(body).unwrap();
        let error = kit().response(&ListWebhooks::new(), response).unwrap_err();
        let said = error.to_string();
        assert!(said.contains("(webhooks[1].target_url: expected a string)"), "{said}");
        assert!(!format!("{error:?}").contains("5ecret"), "{error:?}");
    }
}
