//! The costs of a call of kit-ureq on a connection that stands: no thread, no look-up, no connection. Alone in its
//! program, since the threads of all are counted.

use kit_core::webhooks::{CreateWebhook, DeleteWebhook, Event, ListWebhooks};
use kit_core::{Credentials, RetryPolicy};
use kit_emulator::Emulator;
use kit_ureq::Client;

/// How many threads this program has made: they are numbered.
fn threads_made() -> u64 {
    let newest = std::thread::spawn(|| std::thread::current().id()).join().unwrap();
    let text = format!("{newest:?}");
    text.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap()
}

/// By a name, which takes a look-up and its thread when a connection is made: that is in the unit tests of
/// kit-ureq, too, where look-ups are counted.
#[test]
fn a_call_on_a_warm_connection_makes_no_thread_and_no_connection() {
    let emulator = Emulator::start().unwrap();
    let base_url = emulator.base_url().replace("127.0.0.1", "localhost");
    let client = Client::builder().base_url(base_url).retry(RetryPolicy::none());
    let client = client.build(Credentials::api_key(emulator.api_key())).unwrap();
    let create = CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate).unwrap();
    client.send(&create).unwrap();

    let before = threads_made();
    let of_connections = emulator.connections();
    for _ in 0..20 {
        let id = client.send(&create).unwrap().id;
        client.send(&ListWebhooks::new()).unwrap();
        client.send(&DeleteWebhook::new(id)).unwrap();
    }
    assert_eq!(threads_made(), before + 1, "the one that counts, and no other");
    assert_eq!(emulator.connections(), of_connections);
    assert_eq!(emulator.requests(), 61);
}
