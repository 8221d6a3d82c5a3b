use http::StatusCode;

use super::{Page, PageQuery, Pagination};
use crate::Error;
use crate::endpoint::{Endpoint, Extended, operation};
use crate::error::{Applied, ReplyError, ReplyProblem};

/// An operation that Kit answers page by page.
///
/// The type of a list has its path, its filters and its items; this trait has what all lists share. The
/// methods take the list and return it changed. To get all items, give the list to the method `items` or
/// `pages` of a client, or use [`Pages`](super::Pages).
///
/// # Examples
///
/// ```
/// use kit_core::webhooks::ListWebhooks;
/// use kit_core::{Credentials, Kit, List as _};
///
/// let kit = Kit::new(Credentials::api_key("kit_0123"));
/// let list = ListWebhooks::new().per_page(50)?.with_total_count();
/// let request = kit.request(&list)?;
/// assert_eq!(request.uri().query(), Some("per_page=50&include_total_count=true"));
/// # Ok::<(), kit_core::Error>(())
/// ```
pub trait List: Endpoint<Reply = Page<Self::Item>> + Clone {
    /// The type of the items on the pages.
    type Item;

    /// The page that the list asks for, to be changed.
    fn page(&mut self) -> &mut PageQuery;

    /// Asks for the page after the item with this cursor. Replaces [`before`](Self::before); without either,
    /// the list asks for the first page.
    #[must_use]
    fn after(mut self, cursor: impl Into<String>) -> Self {
        self.page().set_after(cursor.into());
        self
    }

    /// Asks for the page before the item with this cursor. Replaces [`after`](Self::after); without either,
    /// the list asks for the first page.
    #[must_use]
    fn before(mut self, cursor: impl Into<String>) -> Self {
        self.page().set_before(cursor.into());
        self
    }

    /// How many items a page has at most, from 1 to 1000. Kit's default is 500.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for `per_page` where it is out of range.
    fn per_page(mut self, per_page: u16) -> Result<Self, Error> {
        self.page().set_per_page(per_page)?;
        Ok(self)
    }

    /// Asks for the number of all items, too. [`next_page`](Self::next_page) does not ask again, since
    /// counting takes Kit some time.
    #[must_use]
    fn with_total_count(mut self) -> Self {
        self.page().set_total_count(true);
        self
    }

    /// The list that asks for the page after the one with this `pagination`; `None` after the last page. The
    /// list does not ask for the total count again.
    ///
    /// # Errors
    ///
    /// [`Error::Reply`] with [`ReplyProblem::StuckCursor`] where Kit says that there is a next page, but
    /// gives no cursor to it, or the cursor that this list asks with already.
    fn next_page(&self, pagination: &Pagination) -> Result<Option<Self>, Error> {
        if !pagination.has_next_page {
            return Ok(None);
        }
        let mut next = self.clone();
        let page = next.page();
        match &pagination.end_cursor {
            Some(cursor) if page.after() != Some(cursor) => {
                page.set_after(cursor.clone());
                page.set_total_count(false);
                Ok(Some(next))
            }
            Some(_) | None => Err(stuck(self)),
        }
    }
}

/// The error for a list that does not end: Kit would send the same pages again and again.
pub(super) fn stuck<L: List>(list: &L) -> Error {
    Error::Reply(Box::new(ReplyError {
        operation: operation(list),
        status: StatusCode::OK,
        problem: ReplyProblem::StuckCursor,
        detail: "its `end_cursor` is missing, or was there before".into(),
        excerpt: String::new(),
        request_id: None,
        earlier: Applied::No,
    }))
}

impl<L: List> List for Extended<L> {
    type Item = L::Item;

    fn page(&mut self) -> &mut PageQuery {
        self.endpoint_mut().page()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::kit;
    use crate::webhooks::ListWebhooks;

    fn query<L: List>(list: &L) -> String {
        let request = kit().request(list).unwrap();
        request.uri().query().unwrap_or_default().to_owned()
    }

    #[test]
    fn each_setting_of_a_list_is_in_the_query() {
        assert_eq!(query(&ListWebhooks::new()), "");
        let list = ListWebhooks::new().after("a+/=").per_page(50).unwrap().with_total_count();
        assert_eq!(query(&list), "after=a%2B%2F%3D&per_page=50&include_total_count=true");
        // Never both: the last counts.
        assert_eq!(query(&list.before("b")), "before=b&per_page=50&include_total_count=true");
    }

    #[test]
    fn the_next_page_is_behind_the_last_item() {
        let list = ListWebhooks::new().before("x").per_page(2).unwrap().with_total_count();
        let next = list.next_page(&Pagination::with_next("c")).unwrap().unwrap();
        assert_eq!(query(&next), "after=c&per_page=2");
        let end = Pagination { has_next_page: false, ..Pagination::with_next("c") };
        assert_eq!(list.next_page(&end).unwrap(), None);
        // Parameters that were added to a list go on with it.
        let extended = list.with_query("a", "b").next_page(&Pagination::with_next("c")).unwrap();
        assert_eq!(query(&extended.unwrap()), "after=c&per_page=2&a=b");
    }

    #[test]
    fn a_cursor_that_does_not_advance_is_an_error() {
        let nowhere = Pagination { end_cursor: None, ..Pagination::with_next("") };
        for (list, pagination) in [
            (ListWebhooks::new().after("c"), Pagination::with_next("c")),
            (ListWebhooks::new(), nowhere),
        ] {
            let error = list.next_page(&pagination).unwrap_err();
            assert!(
                matches!(&error, Error::Reply(e) if e.problem() == ReplyProblem::StuckCursor),
                "{error}"
            );
            assert!(
                error
                    .to_string()
                    .starts_with("GET /v4/webhooks: 200 OK, but the page says that another follows, and has no new cursor")
            );
        }
    }

    #[test]
    fn a_page_size_out_of_range_is_an_error_that_names_it() {
        for bad in [0, 1001] {
            let error = ListWebhooks::new().per_page(bad).unwrap_err();
            assert_eq!(error.to_string(), "per_page: is not from 1 to 1000");
        }
    }
}
