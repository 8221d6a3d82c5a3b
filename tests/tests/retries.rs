//! Calls through both transports that are tried again, and such that are not.

use std::time::Duration;

use http::StatusCode;
use kit_core::webhooks::{CreateWebhook, DeleteWebhook, Event, ListWebhooks};
use kit_core::{Error, Pacer, RetryPolicy};
use kit_emulator::{Emulator, Fault};
use kit_tests::on_each_transport;
use kit_tests::server::Server;
use kit_tests::transport::{Setup, Transport};

on_each_transport!(
    a_rate_limit_is_waited_for,
    a_create_that_may_have_been_applied_is_not_sent_again,
    a_create_that_was_never_sent_is_sent_again,
    what_is_idempotent_is_sent_again,
    a_deletion_that_took_two_attempts_says_so,
    a_call_gives_up_after_its_attempts,
    a_call_ends_by_its_deadline,
    an_attempt_ends_by_the_deadline,
    webhooks_are_listed_page_by_page,
    a_pacer_keeps_calls_back,
    a_429_teaches_the_pacer,
);

fn create() -> CreateWebhook {
    CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate).unwrap()
}

/// Tries at once, and often.
fn eager() -> RetryPolicy {
    RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO).with_attempts(4)
}

fn client<T: Transport>(emulator: &Emulator) -> T {
    T::new(Setup { retry: eager(), ..Setup::of(emulator) })
}

fn a_rate_limit_is_waited_for<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = client::<T>(&emulator);
    for retry_after in ["0", "Sun, 06 Nov 1994 08:49:37 GMT", "soon"] {
        let before = emulator.requests();
        emulator.fail_next(3, Fault::status(429).retry_after(retry_after));
        client.send(&create()).unwrap();
        assert_eq!(emulator.requests(), before + 4, "{retry_after}");
    }
    assert_eq!(emulator.webhooks().len(), 3);
}

fn a_create_that_may_have_been_applied_is_not_sent_again<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = client::<T>(&emulator);
    let faults = [500, 502, 503, 504].map(Fault::status).into_iter();
    let faults = faults.chain([Fault::close(), Fault::truncate(), Fault::garbage()]);
    for (created, fault) in (1..).zip(faults) {
        emulator.fail_next(1, fault.after_applying());
        let error = client.send(&create()).unwrap_err();
        assert!(error.may_have_been_applied(), "{error}");
        assert_eq!((emulator.webhooks().len(), emulator.requests()), (created, created), "{error}");
    }
}

fn a_create_that_was_never_sent_is_sent_again<T: Transport>() {
    // Nobody listens there: each attempt fails, none is lost.
    let gone = Server::start(|_| {}).base_url();
    let client = T::new(Setup { retry: eager(), ..Setup::new(gone) });
    let error = client.send(&create()).unwrap_err();
    assert!(!error.may_have_been_applied(), "{error}");
    // The handshake fails as often as there are attempts.
    let server = Server::start(|_| {});
    let base_url = server.base_url().replace("http:", "https:");
    let client = T::new(Setup { retry: eager(), ..Setup::new(base_url) });
    let error = client.send(&create()).unwrap_err();
    assert!(!error.may_have_been_applied(), "{error}");
    assert_eq!(server.connections(), 4);
}

fn what_is_idempotent_is_sent_again<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = client::<T>(&emulator);
    let id = client.send(&create()).unwrap().id;
    let faults = [500, 502, 503, 504].map(Fault::status).into_iter();
    for fault in faults.chain([Fault::close(), Fault::truncate()]) {
        emulator.fail_next(3, fault);
        assert_eq!(client.send(&ListWebhooks::new()).unwrap().items.len(), 1);
    }
    emulator.fail_next(3, Fault::close());
    client.send(&DeleteWebhook::new(id)).unwrap();
    assert!(emulator.webhooks().is_empty());
}

fn a_deletion_that_took_two_attempts_says_so<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = client::<T>(&emulator);
    let id = client.send(&create()).unwrap().id;
    emulator.fail_next(1, Fault::close().after_applying());
    let error = client.send(&DeleteWebhook::new(id)).unwrap_err();
    assert!(matches!(&error, Error::Api(error) if error.status() == StatusCode::NOT_FOUND));
    assert!(error.may_have_been_applied(), "{error}");
    let error = client.send(&DeleteWebhook::new(id)).unwrap_err();
    assert!(!error.may_have_been_applied(), "{error}");
}

fn a_call_gives_up_after_its_attempts<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    for attempts in 1..5 {
        let retry = eager().with_attempts(attempts);
        let client = T::new(Setup { retry, ..Setup::of(&emulator) });
        let before = emulator.requests();
        emulator.fail_next(100, Fault::status(429));
        let error = client.send(&create()).unwrap_err();
        assert!(matches!(&error, Error::Api(error) if error.status() == 429), "{error}");
        assert_eq!(emulator.requests() - before, attempts as usize);
    }
}

fn a_call_ends_by_its_deadline<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let retry = eager().with_deadline(Duration::from_secs(30));
    let client = T::new(Setup { retry, ..Setup::of(&emulator) });
    // It would have to wait for longer than it has: it does not wait at all.
    emulator.fail_next(100, Fault::status(429).retry_after("31"));
    let error = client.send(&create()).unwrap_err();
    assert!(matches!(&error, Error::Api(error) if error.status() == 429), "{error}");
    assert_eq!(emulator.requests(), 1);
}

fn an_attempt_ends_by_the_deadline<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let retry = eager().with_deadline(Duration::from_secs(1));
    let client = T::new(Setup { retry, ..Setup::of(&emulator) });
    emulator.fail_next(100, Fault::delay(Duration::from_secs(3600)));
    let error = client.send(&ListWebhooks::new()).unwrap_err();
    assert!(error.to_string().starts_with("GET /v4/webhooks: timed out: "), "{error}");
    assert_eq!(emulator.requests(), 1);
}

fn webhooks_are_listed_page_by_page<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = client::<T>(&emulator);
    for _ in 0..5 {
        client.send(&create()).unwrap();
    }
    let first = ListWebhooks::new().per_page(2).unwrap().with_total_count();
    assert_eq!(client.send(&first).unwrap().pagination.total_count, Some(5));
    let (mut ids, mut pages, mut next) = (Vec::new(), 0, Some(first));
    while let Some(list) = next {
        let page = client.send(&list).unwrap();
        next = list.next(&page.pagination);
        ids.extend(page.items.iter().map(|webhook| webhook.id.get()));
        pages += 1;
    }
    assert_eq!((ids, pages), (vec![1, 2, 3, 4, 5], 3));

    for id in [2_u64, 4] {
        client.send(&DeleteWebhook::new(id.into())).unwrap();
    }
    let left = client.send(&ListWebhooks::new()).unwrap();
    assert!(left.items.iter().all(|webhook| webhook.event == Event::PurchaseCreate));
    assert_eq!(left.items.len(), 3);
}

fn a_pacer_keeps_calls_back<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let retry = eager().with_deadline(Duration::from_secs(50));
    let pacer = Some(Pacer::new(2));
    let client = T::new(Setup { retry, pacer, ..Setup::of(&emulator) });
    // Clones share the budget. The third call would have to wait for longer than it has.
    client.send(&create()).unwrap();
    client.clone().send(&create()).unwrap();
    let error = client.send(&create()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "POST /v4/webhooks: not sent: the rate limit leaves no room before the deadline"
    );
    assert!(!error.may_have_been_applied());
    assert_eq!(emulator.requests(), 2);
}

fn a_429_teaches_the_pacer<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let retry = RetryPolicy::none().with_deadline(Duration::from_secs(5));
    let pacer = Pacer::new(120);
    let client = T::new(Setup { retry, pacer: Some(pacer.clone()), ..Setup::of(&emulator) });
    client.send(&create()).unwrap();
    emulator.fail_next(1, Fault::status(429).retry_after("30"));
    client.send(&create()).unwrap_err();
    assert_eq!(pacer.budget(), 60);
    let error = client.send(&create()).unwrap_err();
    assert!(error.to_string().contains("the rate limit leaves no room"), "{error}");
    assert_eq!(emulator.requests(), 2);
}
