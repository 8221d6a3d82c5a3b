use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_core::stream::FusedStream;
use kit_core::{Error, List, Page, Pages};

use crate::Client;

type Pending<T> = Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>;

/// The pages of a list, one after the other: made by [`Client::pages`].
///
/// Each page is requested when the stream gets to it. After an error the stream ends; [`rest`](Self::rest)
/// then returns the list from the page on that failed. The type implements [`Stream`], but
/// [`next`](Self::next) works without that trait.
#[must_use = "a list is asked for page by page, as it is awaited"]
pub struct PageStream<L: List> {
    client: Client,
    pages: Pages<L>,
    pending: Option<Pending<L::Item>>,
    has_ended: bool,
}

// The list is never pinned.
impl<L: List> Unpin for PageStream<L> {}

impl<L: List + Send + Sync + 'static> PageStream<L>
where
    L::Item: Send,
{
    pub(crate) fn new(client: Client, list: L) -> Self {
        Self { client, pages: Pages::new(list), pending: None, has_ended: false }
    }

    /// The next page; `None` after the last page, and after an error.
    pub async fn next(&mut self) -> Option<Result<Page<L::Item>, Error>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// The list from the next page on, to continue later. `None` after the last page, and after a
    /// `StuckCursor` error.
    pub fn rest(&self) -> Option<&L> {
        self.pages.rest()
    }

    fn begin(&mut self) -> Option<Pending<L::Item>> {
        let (client, list) = (self.client.clone(), self.pages.next()?);
        let list = list.cloned();
        Some(Box::pin(async move { client.send(&list?).await }))
    }
}

impl<L: List + Send + Sync + 'static> Stream for PageStream<L>
where
    L::Item: Send,
{
    type Item = Result<Page<L::Item>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.has_ended {
            return Poll::Ready(None);
        }
        if self.pending.is_none() {
            self.pending = self.begin();
        }
        let Some(pending) = &mut self.pending else {
            self.has_ended = true;
            return Poll::Ready(None);
        };
        let page = ready!(pending.as_mut().poll(cx));
        self.pending = None;
        self.has_ended = page.is_err();
        if let Ok(page) = &page {
            self.pages.received(&page.pagination);
        }
        Poll::Ready(Some(page))
    }
}

impl<L: List + Send + Sync + 'static> FusedStream for PageStream<L>
where
    L::Item: Send,
{
    fn is_terminated(&self) -> bool {
        self.has_ended
    }
}

/// The items of a list, over all its pages: made by [`Client::items`].
///
/// One page is in memory at a time. After an error the stream ends. The type implements [`Stream`], but
/// [`next`](Self::next) works without that trait.
#[must_use = "a list is asked for page by page, as it is awaited"]
pub struct ItemStream<L: List> {
    pages: PageStream<L>,
    page: std::vec::IntoIter<L::Item>,
}

impl<L: List> Unpin for ItemStream<L> {}

impl<L: List + Send + Sync + 'static> ItemStream<L>
where
    L::Item: Send,
{
    pub(crate) fn new(pages: PageStream<L>) -> Self {
        Self { pages, page: Vec::new().into_iter() }
    }

    /// The next item; `None` after the last item, and after an error.
    pub async fn next(&mut self) -> Option<Result<L::Item, Error>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<L: List + Send + Sync + 'static> Stream for ItemStream<L>
where
    L::Item: Send,
{
    type Item = Result<L::Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut self.pages).poll_next(cx)) {
                Some(Ok(page)) => self.page = page.items.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<L: List + Send + Sync + 'static> FusedStream for ItemStream<L>
where
    L::Item: Send,
{
    fn is_terminated(&self) -> bool {
        self.page.len() == 0 && self.pages.is_terminated()
    }
}

impl<L: List> std::fmt::Debug for PageStream<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PageStream").finish_non_exhaustive()
    }
}

impl<L: List> std::fmt::Debug for ItemStream<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ItemStream").finish_non_exhaustive()
    }
}
