use super::list::stuck;
use super::{List, Pagination};
use crate::Error;

/// All pages of a list, one after the other: says which page to ask for next. Does no I/O.
///
/// If Kit sends a cursor again, the list would never end: [`next`](Self::next) returns an error. It finds
/// the repetition after fewer than three times as many pages as there are different cursors, and keeps one
/// cursor for this.
///
/// # Examples
///
/// ```no_run
/// use kit_core::webhooks::{ListWebhooks, Webhook};
/// use kit_core::{Error, Kit, Pages};
///
/// fn all(
///     kit: &Kit,
///     exchange: impl Fn(http::Request<Vec<u8>>) -> http::Response<Vec<u8>>,
/// ) -> Result<Vec<Webhook>, Error> {
///     let mut webhooks = Vec::new();
///     let mut pages = Pages::new(ListWebhooks::new());
///     while let Some(list) = pages.next() {
///         let list = list?;
///         let page = kit.response(list, exchange(kit.request(list)?))?;
///         pages.received(&page.pagination);
///         webhooks.extend(page.items);
///     }
///     Ok(webhooks)
/// }
/// ```
#[derive(Debug)]
pub struct Pages<L> {
    next: Option<L>,
    failure: Option<Error>,
    /// An earlier cursor: when it comes again, the list repeats itself (R. P. Brent's algorithm).
    landmark: Option<String>,
    steps: u64,
    limit: u64,
}

impl<L: List> Pages<L> {
    /// All pages from the one on that `list` asks for.
    pub fn new(mut list: L) -> Self {
        let landmark = list.page().after().map(str::to_owned);
        Self { next: Some(list), failure: None, landmark, steps: 0, limit: 1 }
    }

    /// The operation to send for the next page; `None` after the last page. The same operation comes again
    /// until [`received`](Self::received) is called.
    ///
    /// # Errors
    ///
    /// [`Error::Reply`] with [`ReplyProblem::StuckCursor`](crate::ReplyProblem::StuckCursor), once, where the
    /// list would never end.
    #[expect(clippy::should_implement_trait, reason = "it lends, and is told what came of each")]
    pub fn next(&mut self) -> Option<Result<&L, Error>> {
        match self.failure.take() {
            Some(failure) => Some(Err(failure)),
            None => self.next.as_ref().map(Ok),
        }
    }

    /// Tells that the page has come, with its `pagination`.
    pub fn received(&mut self, pagination: &Pagination) {
        let Some(list) = self.next.take() else { return };
        match self.behind(&list, pagination) {
            Ok(next) => self.next = next,
            Err(failure) => self.failure = Some(failure),
        }
    }

    fn behind(&mut self, list: &L, pagination: &Pagination) -> Result<Option<L>, Error> {
        let Some(mut next) = list.next_page(pagination)? else { return Ok(None) };
        let cursor = next.page().after();
        if cursor.is_some() && cursor == self.landmark.as_deref() {
            return Err(stuck(list));
        }
        self.steps += 1;
        if self.steps == self.limit {
            self.landmark = cursor.map(str::to_owned);
            self.steps = 0;
            self.limit = self.limit.saturating_mul(2);
        }
        Ok(Some(next))
    }

    /// The list from the next page on, to continue later. `None` after the last page, and after a
    /// `StuckCursor` error.
    pub fn rest(&self) -> Option<&L> {
        self.next.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhooks::ListWebhooks;

    /// So many pages are asked for until the list ends, one way or the other.
    fn pages_of(cursors: impl IntoIterator<Item = String>) -> (usize, bool) {
        let mut pages = Pages::new(ListWebhooks::new());
        let mut cursors = cursors.into_iter();
        for count in 1.. {
            let pagination = cursors.next().map_or_else(Pagination::default, Pagination::with_next);
            assert!(pages.next().is_some());
            pages.received(&pagination);
            match pages.next() {
                Some(Err(_)) => {
                    assert!(pages.next().is_none(), "it is told once");
                    return (count, false);
                }
                None => return (count, true),
                Some(Ok(_)) => {}
            }
        }
        unreachable!()
    }

    #[test]
    fn a_list_ends_with_its_last_page() {
        for pages in [1, 2, 7, 1000] {
            assert_eq!(pages_of((1..pages).map(|n| n.to_string())), (pages, true));
        }
    }

    #[test]
    fn a_circle_of_any_length_is_an_error() {
        for tail in 0..20_usize {
            for circle in 1..40_usize {
                let cursors = (0..tail)
                    .map(|n| format!("tail {n}"))
                    .chain((0..circle).map(|n| format!("circle {n}")).cycle());
                let (pages, has_ended) = pages_of(cursors);
                assert!(!has_ended);
                assert!(pages > tail + circle, "{tail} {circle}: {pages}");
                assert!(pages <= 3 * (tail + circle) + 3, "{tail} {circle}: {pages}");
            }
        }
    }

    #[test]
    fn the_rest_of_a_list_can_be_continued() {
        let mut pages = Pages::new(ListWebhooks::new());
        pages.received(&Pagination::with_next("a"));
        assert_eq!(pages.rest(), Some(&ListWebhooks::new().after("a")));
    }
}
