use kit_core::{Error, List, Page, Pages};

use crate::Client;

/// The pages of a list, one after the other: made by [`Client::pages`].
///
/// Each page is requested when the iterator gets to it. After an error the iterator ends;
/// [`rest`](Self::rest) then returns the list from the page on that failed.
#[derive(Debug)]
#[must_use = "a list is asked for page by page, as it is iterated"]
pub struct PageIter<L> {
    client: Client,
    pages: Pages<L>,
    has_failed: bool,
}

impl<L: List> PageIter<L> {
    pub(crate) fn new(client: Client, list: L) -> Self {
        Self { client, pages: Pages::new(list), has_failed: false }
    }

    /// The list from the next page on, to continue later. `None` after the last page, and after a
    /// `StuckCursor` error.
    pub fn rest(&self) -> Option<&L> {
        self.pages.rest()
    }
}

impl<L: List> Iterator for PageIter<L> {
    type Item = Result<Page<L::Item>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_failed {
            return None;
        }
        let page = match self.pages.next()? {
            Ok(list) => self.client.send(list),
            Err(error) => Err(error),
        };
        self.has_failed = page.is_err();
        if let Ok(page) = &page {
            self.pages.received(&page.pagination);
        }
        Some(page)
    }
}

impl<L: List> std::iter::FusedIterator for PageIter<L> {}

/// The items of a list, over all its pages: made by [`Client::items`].
///
/// One page is in memory at a time. After an error the iterator ends.
#[derive(Debug)]
#[must_use = "a list is asked for page by page, as it is iterated"]
pub struct ItemIter<L: List> {
    pages: PageIter<L>,
    page: std::vec::IntoIter<L::Item>,
}

impl<L: List> ItemIter<L> {
    pub(crate) fn new(pages: PageIter<L>) -> Self {
        Self { pages, page: Vec::new().into_iter() }
    }
}

impl<L: List> Iterator for ItemIter<L> {
    type Item = Result<L::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.page.next() {
                return Some(Ok(item));
            }
            match self.pages.next()? {
                Ok(page) => self.page = page.items.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<L: List> std::iter::FusedIterator for ItemIter<L> {}
