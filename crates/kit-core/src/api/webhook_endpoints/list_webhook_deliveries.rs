use http::Method;
use serde_json::{Map, Value};

use super::{DeliveryRecord, DeliveryStatus, EventType};
use crate::WebhookEndpointId;
use crate::endpoint::Endpoint;
use crate::error::Effect;
use crate::list::{List, Page, PageQuery, Pagination};
use crate::wire::{Path, Query, ReadError, Reply, liberal};

/// `GET /v4/webhook_endpoints/{id}/deliveries`: what Kit has posted to a webhook endpoint in the last 30 days, page
/// by page, newest first.
///
/// The name of the list in Kit's reply is not documented: this operation reads the list by any name. Whether Kit
/// knows `per_page` and `include_total_count` here is not documented either. Kit answers 422 to a status or type
/// that it does not know.
///
/// # Examples
///
/// ```
/// use kit_core::webhook_endpoints::{DeliveryStatus, ListWebhookDeliveries};
///
/// let failed = ListWebhookDeliveries::new(7.into()).with_status(DeliveryStatus::Failed);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListWebhookDeliveries {
    id: WebhookEndpointId,
    status: Option<DeliveryStatus>,
    event_type: Option<EventType>,
    page: PageQuery,
}

impl ListWebhookDeliveries {
    /// Lists the deliveries to the endpoint with this id.
    pub fn new(id: WebhookEndpointId) -> Self {
        Self { id, status: None, event_type: None, page: PageQuery::default() }
    }

    /// Lists the deliveries with this status alone.
    #[must_use]
    pub fn with_status(mut self, status: DeliveryStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Lists the deliveries of events of this type alone.
    #[must_use]
    pub fn with_event_type(mut self, event_type: EventType) -> Self {
        self.event_type = Some(event_type);
        self
    }
}

impl Endpoint for ListWebhookDeliveries {
    const METHOD: Method = Method::GET;
    const PATH: &'static str = "/v4/webhook_endpoints/{id}/deliveries";
    const EFFECT: Effect = Effect::Reads;
    /// The records may hold more than the documented fields.
    const HAS_SECRET_REPLY: bool = true;
    type Reply = Page<DeliveryRecord>;

    fn path(&self) -> Path {
        Path::with(Self::PATH, [self.id])
    }

    fn query(&self, query: &mut Query) {
        query.optional("status", self.status.as_ref());
        query.optional("event_type", self.event_type.as_ref());
        self.page.write(query);
    }

    #[inline]
    fn reply(&self, reply: Reply<'_>) -> Result<Page<DeliveryRecord>, ReadError> {
        let mut fields: Map<String, Value> = reply.json()?;
        let pagination = fields.remove(Pagination::NAME).unwrap_or_default();
        let mut lists = fields.into_iter().map(|(_, value)| value).filter(Value::is_array);
        let list = lists.next().ok_or(ReadError::wrong_shape("has no list of deliveries"))?;
        let items: Vec<DeliveryRecord> = liberal::from_value(&list)?;
        let mut pagination: Pagination = liberal::from_value(&pagination).unwrap_or_default();
        // Only `end_cursor` is documented for this list, so a cursor alone may claim that there is another page.
        pagination.has_next_page &= !items.is_empty();
        Ok(Page::read("deliveries", items, pagination))
    }
}

impl List for ListWebhookDeliveries {
    type Item = DeliveryRecord;

    fn page(&mut self) -> &mut PageQuery {
        &mut self.page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::kit;

    #[test]
    fn the_list_is_read_by_any_name() {
        let list = ListWebhookDeliveries::new(7.into())
            .with_status(DeliveryStatus::Failed)
            .with_event_type(EventType::TagCreated)
            .after("WzFd");
        let request = kit().request(&list).unwrap();
        let query = "status=failed&event_type=tag.created&after=WzFd";
        assert_eq!(request.uri().query(), Some(query));
        let pagination = serde_json::to_string(&Pagination::default()).unwrap();
        for name in ["deliveries", "webhook_deliveries", "data"] {
            let body = format!(
                r#"{{"{name}": [{{"id": 9, "status": "failed"}}], "pagination": {pagination}}}"#
            );
            let response = http::Response::builder().status(200).body(body).unwrap();
            let page = kit().response(&list, response).unwrap();
            assert_eq!(page.items, [DeliveryRecord::new(9, DeliveryStatus::Failed)]);
            assert_eq!(page.pagination, Pagination::default());
        }
        for (pagination, has_next_page) in [
            (r#"{"end_cursor": "WzFd"}"#, true),
            (r#"{"end_cursor": "WzFd", "has_next_page": false}"#, false),
            (r#"{"end_cursor": null}"#, false),
        ] {
            let body = format!(
                r#"{{"deliveries": [{{"id": 9, "status": "failed"}}], "pagination": {pagination}}}"#
            );
            let response = http::Response::builder().status(200).body(body).unwrap();
            let page = kit().response(&list, response).unwrap();
            assert_eq!(page.pagination.has_next_page, has_next_page, "{pagination}");
        }
    }
}
