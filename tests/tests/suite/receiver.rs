//! The receiver: as a service, behind a server, and under faults.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::Frame;
use kit_core::deliveries::{Answer, Delivery, SeenEvents};
use kit_core::webhook_endpoints::{
    CreateWebhookEndpoint, DeliveryStatus, EventType, GetWebhookDelivery, ListWebhookDeliveries,
};
use kit_emulator::{DeliveryFault, Emulator};
use kit_receiver::{Builder, Events, Receiver};
use kit_tests::receiver::{Process, sign};
use kit_tests::transport::{Setup, Transport};
use tower::ServiceExt as _;

const SECRET: &str = "whsec_test";

fn builder() -> Builder {
    Receiver::builder([SECRET])
}

fn event(id: &str) -> String {
    format!(r#"{{"id":"{id}","type":"tag.moved","created":"2026-07-29T14:32:10Z","data":{{}}}}"#)
}

fn body(ids: &[&str]) -> String {
    let events: Vec<_> = ids.iter().map(|id| event(id)).collect();
    format!(r#"{{"delivery_id":1,"events":[{}]}}"#, events.join(","))
}

fn signed(body: &str) -> Request<Full<Bytes>> {
    let request = Request::post("/").header("X-Kit-Signature", sign(SECRET, body.as_bytes()));
    request.body(Full::new(Bytes::from(body.to_owned()))).unwrap()
}

async fn answer<B>(receiver: &Receiver, request: Request<B>) -> (u16, String)
where
    B: hyper::body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let response: Response<Full<Bytes>> = receiver.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let text = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(text.to_vec()).unwrap())
}

async fn deliver(receiver: &Receiver, ids: &[&str]) -> u16 {
    answer(receiver, signed(&body(ids))).await.0
}

async fn next(events: &Events) -> String {
    let received = events.next().await.unwrap();
    let id = received.event.id.to_string();
    received.done().await.unwrap();
    id
}

#[tokio::test]
async fn an_event_is_handed_on_once() {
    let (receiver, events) = builder().build().unwrap();
    assert_eq!(deliver(&receiver, &["a", "b"]).await, 204);
    assert_eq!(deliver(&receiver, &["b", "c", "c"]).await, 204);
    assert_eq!(events.len(), 3);
    for id in ["a", "b", "c"] {
        assert_eq!(next(&events).await, id);
    }
    assert_eq!(deliver(&receiver, &["a", "c"]).await, 204);
    assert!(events.is_empty());
}

#[tokio::test]
async fn a_request_that_is_no_delivery_is_refused() {
    let refused = Arc::<Mutex<Vec<String>>>::default();
    let told = refused.clone();
    let builder = builder()
        .max_body_size(1000)
        .body_timeout(Duration::from_millis(50))
        .on_refused(move |answer| told.lock().unwrap().push(answer.reason().to_owned()));
    let (receiver, events) = builder.build().unwrap();
    let good = body(&["a"]);
    let wrong = |value: &str| {
        let request = Request::post("/").header("X-Kit-Signature", value);
        request.body(Full::new(Bytes::from(good.clone()))).unwrap()
    };
    let unsigned = Request::post("/").body(Full::new(Bytes::from(good.clone()))).unwrap();
    for (request, status, text) in [
        (unsigned, 401, "the request has no X-Kit-Signature"),
        (wrong("t=1"), 400, "X-Kit-Signature has no signature of the version v1"),
        (wrong(&sign("whsec_other", good.as_bytes())), 401, "X-Kit-Signature does not match"),
        (signed("[]"), 400, "the body cannot be read as a delivery"),
        (signed(&" ".repeat(1001)), 413, "the body is larger than 1000 bytes"),
        (Request::get("/").body(Full::default()).unwrap(), 405, "deliveries are sent by POST"),
    ] {
        let (answered, said) = answer(&receiver, request).await;
        assert!(answered == status && said.starts_with(text), "{answered} {said}");
    }
    // A body that does not end, and one that says too late that it is too large.
    let endless = StreamBody::new(Endless);
    let request = Request::post("/").body(endless).unwrap();
    assert_eq!(answer(&receiver, request).await.0, 408);
    let head = format!("content-length: {}", 1001);
    let (name, value) = head.split_once(": ").unwrap();
    let request = Request::post("/").header(name, value).body(StreamBody::new(Endless)).unwrap();
    assert_eq!(answer(&receiver, request).await.0, 413);
    assert!(events.is_empty());
    // A program learns of each.
    assert_eq!(deliver(&receiver, &["a"]).await, 204);
    let reasons = [
        "no_signature",
        "malformed_signature",
        "wrong_signature",
        "unreadable",
        "too_large",
        "wrong_method",
        "too_slow",
        "too_large",
    ];
    assert_eq!(*refused.lock().unwrap(), reasons);
    let answers = receiver.answers();
    assert_eq!(answers.values().sum::<u64>(), 9);
    assert_eq!((answers["received"], answers["too_large"], answers["too_slow"]), (1, 2, 1));
}

/// Frames that do not come.
struct Endless;

impl futures_core::Stream for Endless {
    type Item = Result<Frame<Bytes>, Infallible>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Pending
    }
}

#[tokio::test]
async fn a_full_receiver_asks_kit_to_come_again() {
    let (receiver, events) = builder().capacity(100).build().unwrap();
    let ids: Vec<String> = (0..150).map(|id| id.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    assert_eq!(deliver(&receiver, &ids[..80]).await, 204);
    let response = receiver.clone().oneshot(signed(&body(&ids[80..101]))).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (503, &"30".parse().unwrap())
    );
    assert_eq!(deliver(&receiver, &ids[60..100]).await, 204, "of these, 20 are new");
    assert_eq!(next(&events).await, "0");
    assert_eq!(
        deliver(&receiver, &ids[80..101]).await,
        204,
        "nothing of the refused is taken for handled"
    );
    assert_eq!(events.len(), 100);
}

#[tokio::test]
async fn a_memory_that_is_full_refuses_and_does_not_forget() {
    // As many are remembered as may wait, at least.
    let seen = SeenEvents::new().with_capacity(2);
    let (receiver, events) = builder().seen(seen).capacity(100).build().unwrap();
    let ids: Vec<String> = (0..101).map(|id| id.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    assert_eq!(deliver(&receiver, &ids[..100]).await, 204);
    // One is in hand: there is room in the queue, and none in the memory.
    let in_hand = events.next().await.unwrap();
    assert_eq!(deliver(&receiver, &ids[100..]).await, 503);
    in_hand.done().await.unwrap();
    assert_eq!(deliver(&receiver, &ids[100..]).await, 204);
    assert_eq!(events.len(), 100);
}

/// Also where it is put back by whoever fails last.
#[tokio::test]
async fn the_end_waits_for_what_is_in_other_hands() {
    let builder = builder().backoff(Duration::ZERO, Duration::ZERO);
    let (receiver, events) = builder.build().unwrap();
    assert_eq!(deliver(&receiver, &["a"]).await, 204);
    let in_hand = events.next().await.unwrap();
    receiver.close();
    let other = events.clone();
    let last = tokio::spawn(async move { next(&other).await });
    tokio::task::yield_now().await;
    drop(in_hand);
    assert_eq!(last.await.unwrap(), "a");
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn an_event_that_was_not_handled_comes_again() {
    let (receiver, events) = builder().build().unwrap();
    assert_eq!(deliver(&receiver, &["a", "b"]).await, 204);
    tokio::time::pause();
    let start = tokio::time::Instant::now();
    let first = events.next().await.unwrap();
    assert_eq!((first.event.id.as_str(), first.attempts()), ("a", 1));
    drop(first);
    assert_eq!(next(&events).await, "b");
    // Longer each time, up to an hour; at random from the half of that on.
    let mut before = Duration::ZERO;
    for (attempt, longest) in (2..).zip([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600]) {
        let again = events.next().await.unwrap();
        assert_eq!((again.event.id.as_str(), again.attempts()), ("a", attempt));
        let waited = start.elapsed().saturating_sub(before);
        let longest = Duration::from_secs(longest);
        // Timers are of whole milliseconds.
        let latest = longest + Duration::from_millis(2);
        assert!((longest / 2..latest).contains(&waited), "{waited:?} of {longest:?}");
        before = start.elapsed();
    }
    assert_eq!(next(&events).await, "a");
    assert_eq!(deliver(&receiver, &["a"]).await, 204);
    assert!(events.is_empty());
}

#[tokio::test]
async fn an_event_that_fails_too_often_is_set_aside() {
    let builder = builder().backoff(Duration::ZERO, Duration::ZERO).max_attempts(2);
    let (receiver, events) = builder.build().unwrap();
    assert_eq!(deliver(&receiver, &["a", "b"]).await, 204);
    events.next().await.unwrap().failed("fault 1").await.unwrap();
    assert_eq!(next(&events).await, "b");
    drop(events.next().await.unwrap());
    assert!(events.is_empty());
    let aside = events.set_aside(9).await.unwrap();
    assert_eq!((aside.len(), aside[0].attempts), (1, 2));
    assert_eq!(aside[0].error, "it was dropped before it was done");
    assert!(events.set_aside(0).await.unwrap().is_empty());
    // It is not new, and does not come again by itself.
    assert_eq!(deliver(&receiver, &["a"]).await, 204);
    assert!(events.is_empty());
    assert!(events.put_back(&aside[0]).await.unwrap());
    assert!(!events.put_back(&aside[0]).await.unwrap());
    let again = events.next().await.unwrap();
    assert_eq!((again.event.id.as_str(), again.attempts()), ("a", 1));
    again.done().await.unwrap();
    assert!(events.set_aside(9).await.unwrap().is_empty());
    receiver.close();
    assert!(events.next().await.is_none());
}

/// A handler that waits already waits for what another one drops, too.
#[tokio::test]
async fn an_event_that_is_dropped_wakes_who_waits() {
    let (receiver, events) = builder().build().unwrap();
    tokio::time::pause();
    let waiting: Vec<_> = (0..3)
        .map(|_| {
            let events = events.clone();
            tokio::spawn(async move { events.next().await.map(|received| received.attempts()) })
        })
        .collect();
    tokio::task::yield_now().await;
    assert_eq!(deliver(&receiver, &["a"]).await, 204);
    // Each drops it again: all of them get it.
    let mut attempts = Vec::new();
    for waiting in waiting {
        attempts.push(waiting.await.unwrap().unwrap());
    }
    attempts.sort_unstable();
    assert_eq!(attempts, [1, 2, 3]);
}

#[tokio::test]
async fn one_event_that_cannot_be_read_loses_no_other() {
    let (receiver, events) = builder().build().unwrap();
    let body =
        format!(r#"{{"delivery_id":1,"events":[{},{{"id":"x"}},{}]}}"#, event("a"), event("b"));
    let (status, said) = answer(&receiver, signed(&body)).await;
    assert!(status == 400 && said.contains("missing field"), "{said}");
    assert_eq!((next(&events).await, next(&events).await), ("a".into(), "b".into()));
    let taken = Arc::<Mutex<Vec<_>>>::default();
    let take = taken.clone();
    let builder = builder().on_unreadable(move |event| take.lock().unwrap().push(event.json));
    let (receiver, events) = builder.build().unwrap();
    assert_eq!(answer(&receiver, signed(&body)).await.0, 204);
    assert_eq!(
        (events.len(), taken.lock().unwrap().as_slice()),
        (2, &[r#"{"id":"x"}"#.to_owned()][..])
    );
}

#[tokio::test]
async fn a_receiver_that_is_closed_loses_nothing() {
    let (receiver, events) = builder().build().unwrap();
    assert_eq!(deliver(&receiver, &["a"]).await, 204);
    receiver.close();
    assert_eq!(deliver(&receiver, &["b"]).await, 503);
    assert_eq!(next(&events).await, "a");
    assert!(events.next().await.is_none());
    // Whoever waits learns of the end.
    let (receiver, events) = builder().build().unwrap();
    let waiting = tokio::spawn(async move { events.next().await.is_none() });
    tokio::task::yield_now().await;
    receiver.close();
    assert!(waiting.await.unwrap());
}

#[tokio::test]
async fn a_state_file_outlasts_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state.jsonl");
    let build = || builder().state_file(&path).build().unwrap();
    let (receiver, events) = build();
    assert_eq!(deliver(&receiver, &["a", "b", "c"]).await, 204);
    assert_eq!(next(&events).await, "a");
    let second = builder().state_file(&path).build().unwrap_err().to_string();
    assert!(second.contains("state.jsonl: is in use, by another process or by"), "{second}");
    let being_handled = events.next().await.unwrap();
    assert_eq!(being_handled.event.id.as_str(), "b");
    drop((receiver, events, being_handled));
    let (receiver, events) = build();
    assert_eq!(deliver(&receiver, &["a", "b", "d"]).await, 204);
    for id in ["b", "c", "d"] {
        assert_eq!(next(&events).await, id);
    }
    assert!(events.is_empty());
}

/// All of it in one file, however many come at once: busy means that the queue is full.
#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_share_the_disk() {
    const DELIVERIES: usize = 500;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state.jsonl");
    let (receiver, events) = builder().state_file(&path).capacity(DELIVERIES).build().unwrap();
    let deliveries: Vec<_> = (0..DELIVERIES)
        .map(|number| {
            let receiver = receiver.clone();
            // Each comes twice: the second is not acknowledged before the first is safe.
            let id = (number / 2).to_string();
            tokio::spawn(async move { deliver(&receiver, &[&id]).await })
        })
        .collect();
    for delivery in deliveries {
        assert_eq!(delivery.await.unwrap(), 204);
    }
    assert_eq!(events.len(), DELIVERIES / 2);
    let lines = std::fs::read_to_string(&path).unwrap().lines().count();
    assert_eq!(lines, DELIVERIES / 2);
    for _ in 0..DELIVERIES / 2 {
        next(&events).await;
    }
    receiver.close();
    assert!(receiver.is_closed() && events.next().await.is_none());
    drop((receiver, events));
    let (_, events) = builder().state_file(&path).build().unwrap();
    assert!(events.is_empty());
}

/// Everything that is acknowledged is there after a restart: an event that could not be read back is refused.
#[tokio::test]
async fn an_acknowledged_event_can_be_read_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state.jsonl");
    let mut acknowledged = Vec::new();
    {
        let (receiver, _events) = builder().state_file(&path).build().unwrap();
        for levels in 100..=200 {
            let (open, close) = ("[".repeat(levels), "]".repeat(levels));
            let nested = event(&levels.to_string()).replace("{}", &format!("{open}{close}"));
            let body = format!(r#"{{"delivery_id":1,"events":[{nested}]}}"#);
            match answer(&receiver, signed(&body)).await {
                (204, _) => acknowledged.push(levels.to_string()),
                (400, text) => assert!(text.contains("recursion limit"), "{text}"),
                other => panic!("{levels}: {other:?}"),
            }
        }
    }
    assert!(acknowledged.len() > 20 && acknowledged.len() < 30, "{acknowledged:?}");
    let (_receiver, events) = builder().state_file(&path).build().unwrap();
    for id in acknowledged {
        assert_eq!(next(&events).await, id);
    }
    assert!(events.is_empty());
}

#[cfg(unix)]
#[test]
fn two_receivers_never_have_one_file() {
    let directory = tempfile::tempdir().unwrap();
    let (path, link) = (directory.path().join("state.jsonl"), directory.path().join("link"));
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let first = builder().state_file(&link).build().unwrap();
    for same in [&path, &link] {
        let error = builder().state_file(same).build().unwrap_err();
        assert!(error.to_string().contains("state.jsonl: is in use"), "{error}");
    }
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    // As long as the events are there.
    let (receiver, events) = first;
    drop(receiver);
    assert!(builder().state_file(&path).build().is_err());
    drop(events);
    builder().state_file(&path).build().unwrap();
    let error = builder().state_file("/dev/null").build().unwrap_err().to_string();
    assert_eq!(error, "/dev/null: is no regular file");
}

#[test]
fn a_line_that_cannot_be_read_is_told_of() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state.jsonl");
    std::fs::write(&path, format!("{{\"received\":{}}}\n{{\"what\":1}}\n", event("a"))).unwrap();
    let told = Arc::<Mutex<Vec<String>>>::default();
    let tell = told.clone();
    let builder = builder().on_error(move |error| tell.lock().unwrap().push(error.to_string()));
    let (_, events) = builder.state_file(&path).build().unwrap();
    assert_eq!(events.len(), 1);
    let told = told.lock().unwrap();
    let [said] = &**told else { panic!("{told:?}") };
    assert!(said.contains("state.jsonl: line 2 cannot be read"), "{said}");
    assert!(directory.path().join("state.jsonl.unreadable").exists());
}

#[tokio::test]
async fn an_event_that_cannot_be_written_is_not_acknowledged() {
    let error = builder().state_file("/dev/null/state.jsonl").build().unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotADirectory);
    let nobody: [&str; 0] = [];
    let error = Receiver::builder(nobody).build().unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}

/// A fault for about one attempt in twenty, of each kind in turn.
fn some_faults(emulator: &Emulator) {
    let mut random = fastrand::Rng::with_seed(7);
    emulator.fail_deliveries_when(move |_| {
        let fault = [
            DeliveryFault::duplicated(),
            DeliveryFault::delayed(Duration::from_millis(5)),
            DeliveryFault::reordered(),
            DeliveryFault::forged(),
            DeliveryFault::stale(),
            DeliveryFault::truncated(),
            DeliveryFault::dropped(),
            DeliveryFault::unanswered(),
        ];
        (random.u8(..20) == 0).then(|| fault[random.usize(..8)].clone())
    });
}

/// Waits for what other threads do, which is soon, or never.
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let start = std::time::Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "never so: {what}");
        std::thread::yield_now();
    }
}

fn create(
    emulator: &Emulator,
    listener: &TcpListener,
) -> kit_core::webhook_endpoints::EndpointWithSecret {
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let create = CreateWebhookEndpoint::new(url, [EventType::SubscriberTagAdded]).unwrap();
    let client: kit_ureq::Client = Transport::new(Setup::of(emulator));
    client.send(&create).unwrap()
}

#[test]
fn ten_thousand_events_are_handled_exactly_once_under_faults_and_restarts() {
    const EVENTS: usize = 10_000;
    const RESTARTS: usize = 4;
    let emulator = Emulator::start().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let secret = create(&emulator, &listener).secret;
    some_faults(&emulator);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state.jsonl");
    let handled = Arc::<Mutex<HashMap<String, usize>>>::default();
    let start = || {
        let builder = Receiver::builder([secret.clone()]).state_file(&path);
        let handled = handled.clone();
        Process::start(&listener, builder.build().unwrap(), move |event| {
            *handled.lock().unwrap().entry(event.id.to_string()).or_default() += 1;
        })
    };
    let mut process = Some(start());
    let mut sent = Vec::new();
    let mut random = fastrand::Rng::with_seed(9);
    let mut restarts = 0;
    while sent.len() < EVENTS {
        let count = random.usize(1..=60).min(EVENTS - sent.len());
        sent.extend(emulator.trigger("subscriber.tag_added", count as u64, None).unwrap());
        // In the middle of what is under way.
        if sent.len() * (RESTARTS + 1) / EVENTS > restarts && restarts < RESTARTS {
            restarts += 1;
            drop(process.take());
            process = Some(start());
        }
    }
    emulator.settle();
    emulator.advance(Duration::from_secs(3 * 24 * 60 * 60));
    let failed = |delivery: &kit_emulator::Delivery| delivery.status.as_str() != "delivered";
    assert_eq!(emulator.deliveries().into_iter().filter(failed).count(), 0);
    wait_until("all are handled", || handled.lock().unwrap().len() >= EVENTS);
    drop(process);
    let handled = handled.lock().unwrap();
    assert_eq!(restarts, RESTARTS);
    assert!(sent.iter().all(|id| handled.get(id) == Some(&1)), "each once");
    assert_eq!(handled.len(), EVENTS);
}

/// Deliveries while the receiver was down are read from Kit's log, and not handled twice.
#[test]
fn a_receiver_catches_up() {
    let emulator = Emulator::start().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let made = create(&emulator, &listener);
    // For three days nobody receives: Kit gives up.
    emulator.fail_deliveries_when(|_| Some(DeliveryFault::dropped()));
    let missed = emulator.trigger("subscriber.tag_added", 250, None).unwrap();
    emulator.advance(Duration::from_secs(3 * 24 * 60 * 60));
    emulator.heal();
    let (receiver, events) = Receiver::builder([made.secret]).build().unwrap();
    let handled = Arc::<Mutex<Vec<String>>>::default();
    let process = Process::start(&listener, (receiver.clone(), events), {
        let handled = handled.clone();
        move |event| handled.lock().unwrap().push(event.id.to_string())
    });
    let meanwhile = emulator.trigger("subscriber.tag_added", 1, None).unwrap();
    emulator.settle();
    let client: kit_ureq::Client = Transport::new(Setup::of(&emulator));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for _ in 0..2 {
        let failed =
            ListWebhookDeliveries::new(made.endpoint.id).with_status(DeliveryStatus::Failed);
        for record in client.items(failed) {
            let get = GetWebhookDelivery::new(made.endpoint.id, record.unwrap().id).with_payload();
            let delivery = Delivery::of_record(&client.send(&get).unwrap()).unwrap();
            assert_eq!(runtime.block_on(receiver.take(delivery)), Answer::Received);
        }
    }
    let mut expected: Vec<_> = missed.into_iter().chain(meanwhile).collect();
    wait_until("all are handled", || handled.lock().unwrap().len() >= expected.len());
    drop(process);
    let mut handled = handled.lock().unwrap().clone();
    expected.sort();
    handled.sort();
    assert_eq!(handled, expected);
}
