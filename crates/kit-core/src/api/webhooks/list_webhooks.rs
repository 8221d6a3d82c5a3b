use std::borrow::Cow;

use http::Method;
use serde::Deserialize;

use super::Webhook;
use crate::{Endpoint, Error, Page, Pagination};

/// `GET /v4/webhooks`: the webhooks of the account, page by page.
///
/// # Examples
///
/// ```no_run
/// use kit_core::webhooks::{ListWebhooks, Webhook};
/// use kit_core::{Error, Kit};
///
/// fn all(
///     kit: &Kit,
///     exchange: impl Fn(http::Request<Vec<u8>>) -> http::Response<Vec<u8>>,
/// ) -> Result<Vec<Webhook>, Error> {
///     let mut webhooks = Vec::new();
///     let mut next = Some(ListWebhooks::new());
///     while let Some(list) = next {
///         let page = kit.response(&list, exchange(kit.request(&list)?))?;
///         next = list.next(&page.pagination);
///         webhooks.extend(page.items);
///     }
///     Ok(webhooks)
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ListWebhooks {
    start: Start,
    per_page: Option<u16>,
    with_total_count: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
enum Start {
    #[default]
    First,
    After(String),
    Before(String),
}

impl ListWebhooks {
    /// The first page, of as many items as Kit finds good: 500.
    pub fn new() -> Self {
        Self::default()
    }

    /// The page behind the item of this cursor, in place of the first.
    #[must_use]
    pub fn after(mut self, cursor: impl Into<String>) -> Self {
        self.start = Start::After(cursor.into());
        self
    }

    /// The page before the item of this cursor, in place of the first.
    #[must_use]
    pub fn before(mut self, cursor: impl Into<String>) -> Self {
        self.start = Start::Before(cursor.into());
        self
    }

    /// At most so many items on a page.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `per_page` where it is not from 1 to 1000.
    pub fn per_page(mut self, per_page: u16) -> Result<Self, Error> {
        if !(1..=1000).contains(&per_page) {
            return Err(Error::input("per_page", "is not from 1 to 1000"));
        }
        self.per_page = Some(per_page);
        Ok(self)
    }

    /// Asks for the number of all items too, which takes Kit some time.
    #[must_use]
    pub fn with_total_count(mut self) -> Self {
        self.with_total_count = true;
        self
    }

    /// The page behind that one, if there is one. It does not ask for the total count again.
    #[must_use]
    pub fn next(&self, pagination: &Pagination) -> Option<Self> {
        let cursor = pagination.end_cursor.as_ref().filter(|_| pagination.has_next_page)?;
        let start = Start::After(cursor.clone());
        // A page that ends where it began would be asked for again and again.
        (start != self.start).then_some(Self {
            start,
            per_page: self.per_page,
            with_total_count: false,
        })
    }
}

impl Endpoint for ListWebhooks {
    type Reply = Page<Webhook>;
    const METHOD: Method = Method::GET;

    fn path(&self) -> Cow<'static, str> {
        "/v4/webhooks".into()
    }

    fn query(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let mut query = Vec::new();
        match &self.start {
            Start::First => {}
            Start::After(cursor) => query.push(("after", cursor.into())),
            Start::Before(cursor) => query.push(("before", cursor.into())),
        }
        if let Some(per_page) = self.per_page {
            query.push(("per_page", per_page.to_string().into()));
        }
        if self.with_total_count {
            query.push(("include_total_count", "true".into()));
        }
        query
    }

    fn reply(&self, body: &[u8]) -> Result<Page<Webhook>, serde_json::Error> {
        #[derive(Deserialize)]
        struct Reply {
            webhooks: Vec<Webhook>,
            pagination: Pagination,
        }
        serde_json::from_slice(body)
            .map(|Reply { webhooks, pagination }| Page { items: webhooks, pagination })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::kit;

    fn query(list: &ListWebhooks) -> String {
        let request = kit().request(list).unwrap();
        assert_eq!((request.method().as_str(), request.uri().path()), ("GET", "/v4/webhooks"));
        request.uri().query().unwrap_or_default().to_owned()
    }

    fn pagination(end_cursor: Option<&str>, has_next_page: bool) -> Pagination {
        Pagination {
            has_previous_page: false,
            has_next_page,
            start_cursor: None,
            end_cursor: end_cursor.map(str::to_owned),
            per_page: 500,
            total_count: None,
        }
    }

    #[test]
    fn what_is_asked_for_is_in_the_query() {
        assert_eq!(query(&ListWebhooks::new()), "");
        let list = ListWebhooks::new().after("a+/=").per_page(50).unwrap().with_total_count();
        assert_eq!(query(&list), "after=a%2B%2F%3D&per_page=50&include_total_count=true");
        assert_eq!(query(&list.before("b")), "before=b&per_page=50&include_total_count=true");
    }

    #[test]
    fn the_next_page_is_behind_the_last_item() {
        let list = ListWebhooks::new().before("x").per_page(2).unwrap().with_total_count();
        let next = list.next(&pagination(Some("c"), true)).unwrap();
        assert_eq!(query(&next), "after=c&per_page=2");
        assert_eq!(list.next(&pagination(Some("c"), false)), None);
        assert_eq!(list.next(&pagination(None, true)), None);
        assert_eq!(next.next(&pagination(Some("c"), true)), None, "it would never end");
    }

    #[test]
    fn a_page_size_out_of_range_is_refused_by_name() {
        for bad in [0, 1001] {
            let error = ListWebhooks::new().per_page(bad).unwrap_err();
            assert_eq!(error.to_string(), "per_page: is not from 1 to 1000");
        }
    }

    #[test]
    fn a_page_is_read() {
        let body = r#"{"webhooks": [{"id": 9, "account_id": 1539, "target_url": "https://a.b/",
            "event": {"name": "tag_add", "tag_id": 4}}], "pagination": {"has_previous_page": false,
            "has_next_page": true, "start_cursor": "WzFd", "end_cursor": "WzFd", "per_page": 1}}"#;
        let page = ListWebhooks::new().reply(body.as_bytes()).unwrap();
        assert_eq!(page.items.len(), 1);
        assert_eq!(
            page.pagination,
            Pagination {
                start_cursor: Some("WzFd".into()),
                per_page: 1,
                ..pagination(Some("WzFd"), true)
            }
        );
    }
}
