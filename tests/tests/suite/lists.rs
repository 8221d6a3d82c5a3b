//! Lists through both transports: page by page, item by item.

use std::sync::atomic::{AtomicUsize, Ordering};

use kit_core::webhooks::{CreateWebhook, DeleteWebhook, Event, ListWebhooks};
use kit_core::{Error, List as _, ReplyProblem};
use kit_emulator::{Emulator, Fault};
use kit_tests::on_each_transport;
use kit_tests::server::Server;
use kit_tests::transport::{Setup, Transport};

on_each_transport!(
    every_page_comes_once_and_the_total_count_is_asked_for_once,
    every_item_comes_once,
    a_page_is_asked_for_when_it_is_wanted,
    a_list_begins_behind_a_cursor,
    a_list_goes_on_while_it_changes,
    an_error_ends_a_list,
    a_list_that_goes_in_circles_ends_with_an_error,
);

/// An emulator with so many webhooks, and a client of it.
fn with_webhooks<T: Transport>(count: u64) -> (Emulator, T) {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator));
    for number in 0..count {
        let target_url = format!("https://example.com/{number}");
        client.send(&CreateWebhook::new(target_url, Event::PurchaseCreate).unwrap()).unwrap();
    }
    (emulator, client)
}

/// In pages of two.
fn in_pairs() -> ListWebhooks {
    ListWebhooks::new().per_page(2).unwrap()
}

fn every_page_comes_once_and_the_total_count_is_asked_for_once<T: Transport>() {
    let (emulator, client) = with_webhooks::<T>(5);
    let before = emulator.requests();
    let pages = client.pages(in_pairs().with_total_count(), usize::MAX);
    assert_eq!(emulator.requests(), before + 3);
    let pages: Vec<_> = pages.into_iter().map(Result::unwrap).collect();
    let counts: Vec<_> = pages.iter().map(|page| page.pagination.total_count).collect();
    assert_eq!(counts, [Some(5), None, None]);
    let mut ids: Vec<_> =
        pages.iter().flat_map(|page| &page.items).map(|webhook| webhook.id.get()).collect();
    ids.sort_unstable();
    assert_eq!(ids, [1, 2, 3, 4, 5]);
}

fn every_item_comes_once<T: Transport>() {
    let (_emulator, client) = with_webhooks::<T>(5);
    let items = client.items(in_pairs(), usize::MAX);
    let mut ids: Vec<_> = items.into_iter().map(|webhook| webhook.unwrap().id.get()).collect();
    ids.sort_unstable();
    assert_eq!(ids, [1, 2, 3, 4, 5]);
    let (_emulator, client) = with_webhooks::<T>(0);
    assert!(client.items(in_pairs(), usize::MAX).is_empty());
}

fn a_page_is_asked_for_when_it_is_wanted<T: Transport>() {
    let (emulator, client) = with_webhooks::<T>(5);
    for (items, pages) in [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (6, 3)] {
        let before = emulator.requests();
        client.items(in_pairs(), items);
        assert_eq!(emulator.requests(), before + pages, "for {items} items");
    }
}

fn a_list_begins_behind_a_cursor<T: Transport>() {
    let (_emulator, client) = with_webhooks::<T>(5);
    let first = client.send(&in_pairs()).unwrap();
    let cursor = first.pagination.end_cursor.unwrap();
    assert_eq!(client.items(in_pairs().after(&cursor), usize::MAX).len(), 3);
    // Before the third are the first two, and behind these all the others.
    let third = client.send(&in_pairs().after(&cursor)).unwrap();
    let before = in_pairs().before(third.pagination.start_cursor.unwrap());
    assert_eq!(client.send(&before).unwrap().items, first.items);
    assert_eq!(client.items(before, usize::MAX).len(), 5);
}

fn a_list_goes_on_while_it_changes<T: Transport>() {
    let (_emulator, client) = with_webhooks::<T>(6);
    let first = client.send(&in_pairs()).unwrap();
    for webhook in &first.items {
        client.send(&DeleteWebhook::new(webhook.id)).unwrap();
    }
    let next = in_pairs().next_page(&first.pagination).unwrap().unwrap();
    assert_eq!(client.items(next, usize::MAX).len(), 4);
}

fn an_error_ends_a_list<T: Transport>() {
    let (emulator, client) = with_webhooks::<T>(5);
    let before = emulator.requests();
    emulator.fail_when(move |request| {
        let is_second = request.uri().query().is_some_and(|query| query.contains("after="));
        is_second.then(|| Fault::status(403))
    });
    let items = client.items(in_pairs(), usize::MAX);
    assert_eq!(items.iter().filter(|item| item.is_ok()).count(), 2);
    assert!(matches!(items.last(), Some(Err(Error::Api(error))) if error.status() == 403));
    assert_eq!((items.len(), emulator.requests()), (3, before + 2));
}

fn a_list_that_goes_in_circles_ends_with_an_error<T: Transport>() {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |peer| {
        while peer.request().is_some() {
            let cursor = ["a", "b", "c"][asked.fetch_add(1, Ordering::SeqCst) % 3];
            let page = format!(
                r#"{{"webhooks": [], "pagination": {{"has_previous_page": false,
                "has_next_page": true, "start_cursor": null, "end_cursor": "{cursor}", "per_page": 500}}}}"#
            );
            let length = page.len();
            let _ = peer.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{page}"));
        }
    });
    let client = T::new(Setup::new(server.base_url()));
    // Twice around at most, and the first page.
    let pages = client.pages(ListWebhooks::new(), 8);
    let Some(Err(Error::Reply(error))) = pages.last() else { panic!("it goes on for ever") };
    assert_eq!(error.problem(), ReplyProblem::StuckCursor);
    assert!(pages.iter().rev().skip(1).all(Result::is_ok));
}
