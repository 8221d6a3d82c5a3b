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
    a_call_ends_by_its_timeout,
    an_attempt_ends_by_the_timeout_of_its_call,
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
    T::new(Setup::of(emulator).with(|settings| settings.retry = eager()))
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
    let client = T::new(Setup::new(gone).with(|settings| settings.retry = eager()));
    let error = client.send(&create()).unwrap_err();
    assert!(!error.may_have_been_applied(), "{error}");
    // The handshake fails as often as there are attempts.
    let server = Server::start(|_| {});
    let base_url = server.base_url().replace("http:", "https:");
    let client = T::new(Setup::new(base_url).with(|settings| settings.retry = eager()));
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
        let client = T::new(Setup::of(&emulator).with(|settings| settings.retry = retry));
        let before = emulator.requests();
        emulator.fail_next(100, Fault::status(429));
        let error = client.send(&create()).unwrap_err();
        assert!(matches!(&error, Error::Api(error) if error.status() == 429), "{error}");
        assert_eq!(emulator.requests() - before, attempts as usize);
    }
}

fn a_call_ends_by_its_timeout<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator).with(|settings| {
        settings.retry = eager();
        settings.timeout = Duration::from_secs(30);
    }));
    // The call would have to wait for longer than it has, and does not wait at all.
    emulator.fail_next(100, Fault::status(429).retry_after("31"));
    let error = client.send(&create()).unwrap_err();
    assert!(matches!(&error, Error::Api(error) if error.status() == 429), "{error}");
    assert_eq!(emulator.requests(), 1);
}

fn an_attempt_ends_by_the_timeout_of_its_call<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator).with(|settings| {
        settings.retry = eager();
        settings.timeout = Duration::from_secs(1);
    }));
    emulator.fail_next(100, Fault::delay(Duration::from_secs(3600)));
    let error = client.send(&ListWebhooks::new()).unwrap_err();
    assert!(error.to_string().starts_with("GET /v4/webhooks: timed out: "), "{error}");
    assert_eq!(emulator.requests(), 1);
}

fn a_pacer_keeps_calls_back<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator).with(|settings| {
        settings.timeout = Duration::from_secs(50);
        settings.pacing = Pacer::new(2).into();
    }));
    // Clones share the budget. The third call would have to wait for longer than it has.
    client.send(&create()).unwrap();
    client.clone().send(&create()).unwrap();
    let error = client.send(&create()).unwrap_err();
    let Error::Paced { wait, .. } = &error else { panic!("{error}") };
    assert!((Duration::from_secs(50)..=Duration::from_secs(60)).contains(wait), "{error}");
    let start = "POST /v4/webhooks: not sent: the pacer leaves no room before the timeout; ";
    assert!(error.to_string().starts_with(start), "{error}");
    assert!(!error.may_have_been_applied());
    assert_eq!(emulator.requests(), 2);
}

fn a_429_teaches_the_pacer<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let pacer = Pacer::new(120);
    let client = T::new(Setup::of(&emulator).with(|settings| {
        settings.timeout = Duration::from_secs(5);
        settings.pacing = pacer.clone().into();
    }));
    client.send(&create()).unwrap();
    emulator.fail_next(1, Fault::status(429).retry_after("30"));
    client.send(&create()).unwrap_err();
    assert_eq!(pacer.budget(), 60);
    let error = client.send(&create()).unwrap_err();
    assert!(matches!(error, Error::Paced { .. }), "{error}");
    assert_eq!(emulator.requests(), 2);
}
