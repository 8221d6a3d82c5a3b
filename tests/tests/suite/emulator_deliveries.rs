//! Deliveries of the emulator, as they are seen from outside: by a receiver and a client that are not ours.

use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use kit_core::deliveries::{Delivery, DeliveryError, LegacyDelivery, Verifier};
use kit_core::webhook_endpoints::{
    CreateWebhookEndpoint, DeliveryStatus, EndpointStatus, EndpointWithSecret, EventType,
    GetWebhookDelivery, GetWebhookEndpoint, ListWebhookDeliveries, ListWebhookEndpoints,
    RevokePreviousSecret, RotateSecret, UpdateWebhookEndpoint,
};
use kit_core::webhooks::{CreateWebhook, Event};
use kit_core::{List as _, WebhookEndpointId};
use kit_emulator::{DeliveryFault, Emulator};
use kit_tests::foreign::{Client, assert_refused};
use kit_tests::server::Server;
use kit_tests::transport::{Setup, Transport};
use serde_json::{Value, json};

use crate::emulator_resources::TYPES;

const TAG_ADDED: &str = "subscriber.tag_added";

fn client(emulator: &Emulator) -> kit_ureq::Client {
    Transport::new(Setup::of(emulator))
}

/// A receiver that answers each request with the next of these statuses, and then with 204.
fn receiver(statuses: impl IntoIterator<Item = &'static str>) -> Server {
    let statuses: Mutex<Vec<_>> = Mutex::new(statuses.into_iter().collect::<Vec<_>>());
    Server::start(move |peer| {
        if peer.request().is_none() {
            return;
        }
        let mut statuses = statuses.lock().unwrap();
        let status = if statuses.is_empty() { "204 No Content" } else { statuses.remove(0) };
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        // The emulator may have been stopped meanwhile.
        drop(peer.send(answer));
    })
}

fn endpoint(emulator: &Emulator, receiver: &Server, events: &[EventType]) -> EndpointWithSecret {
    let url = format!("{}/hook", receiver.base_url());
    let create = CreateWebhookEndpoint::new(url, events.iter().cloned()).unwrap();
    client(emulator).send(&create).unwrap()
}

/// A header of a request that was received, and its body.
fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let head = request.split("\r\n\r\n").next().unwrap();
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")));
    line.map(|line| line.split_once(':').unwrap().1.trim())
}

fn body(request: &str) -> &str {
    request.split_once("\r\n\r\n").unwrap().1
}

/// Verifies a request that was received, by our own reader.
fn read(request: &str, secret: &str) -> Result<Delivery, DeliveryError> {
    let signature = header(request, "x-kit-signature").into_iter().map(str::as_bytes);
    let verifier = Verifier::new([secret]).unwrap();
    verifier.receive_parts(signature, body(request).as_bytes(), SystemTime::now())
}

#[test]
fn an_event_is_delivered_signed() {
    let emulator = Emulator::start().unwrap();
    let receiver = receiver([]);
    let made = endpoint(&emulator, &receiver, &[EventType::SubscriberTagAdded]);
    let ids = emulator.trigger(TAG_ADDED, 1, None).unwrap();
    assert_eq!(emulator.trigger("tag.created", 1, None).unwrap().len(), 1);
    emulator.settle();
    let requests = receiver.requests();
    let [request] = &*requests else { panic!("{} requests", requests.len()) };
    assert!(request.starts_with("POST /hook HTTP/1.1\r\n"), "{request}");
    assert_eq!(header(request, "user-agent"), Some("Kit-Webhooks/2.0"));
    assert_eq!(header(request, "x-kit-delivery"), Some("1"));
    assert_eq!(header(request, "content-type"), Some("application/json"));
    let delivery = read(request, made.secret.secret()).unwrap();
    assert_eq!(delivery.id, 1.into());
    assert_eq!(delivery.events[0].id.as_str(), ids[0]);
    assert_eq!(delivery.events[0].event_type, EventType::SubscriberTagAdded);
    assert!(delivery.events[0].data.subscriber().is_some());
    assert_eq!(read(request, "whsec_other"), Err(DeliveryError::WrongSignature));
}

/// Everything that can be made up is what our reader expects.
#[test]
fn made_up_data_are_typed_for_each_type() {
    let emulator = Emulator::start().unwrap();
    let receiver = receiver([]);
    let made = endpoint(&emulator, &receiver, &TYPES.map(EventType::from));
    for name in TYPES {
        emulator.trigger(name, 1, None).unwrap();
    }
    emulator.settle();
    let requests = receiver.requests();
    assert_eq!(requests.len(), TYPES.len());
    for request in requests {
        let delivery = read(&request, made.secret.secret()).unwrap();
        let [event] = &*delivery.events else { panic!("{request}") };
        assert!(!matches!(event.data, kit_core::deliveries::EventData::Other(_)), "{event:?}");
        // Nothing that came is lost on the way through the types.
        let sent: Value = serde_json::from_str(body(&request)).unwrap();
        assert_eq!(serde_json::to_value(event).unwrap(), sent["events"][0]);
    }
}

#[test]
fn a_delivery_is_tried_again_by_the_clock() {
    let emulator = Emulator::start().unwrap();
    let receiver = receiver(["500 No", "302 Found", "404 No"]);
    let made = endpoint(&emulator, &receiver, &[EventType::SubscriberTagAdded]);
    emulator.trigger(TAG_ADDED, 1, None).unwrap();
    emulator.settle();
    assert_eq!(receiver.requests().len(), 1);
    emulator.advance(Duration::from_secs(29));
    assert_eq!(receiver.requests().len(), 1, "not yet");
    emulator.advance(Duration::from_secs(24 * 60 * 60));
    let requests = receiver.requests();
    assert_eq!(requests.len(), 4);
    let deliveries: Vec<_> =
        requests.iter().map(|request| read(request, made.secret.secret()).unwrap()).collect();
    assert!(
        deliveries.iter().all(|delivery| *delivery == deliveries[0]),
        "one id, the same events"
    );
    let [delivery] = &*emulator.deliveries() else { panic!("not one delivery") };
    let times: Vec<_> = delivery.attempts.iter().map(|attempt| attempt.at).collect();
    let waits: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (wait, expected) in waits.into_iter().zip([30, 120, 900]) {
        assert!((expected..expected + 5).contains(&wait), "{times:?}");
    }
}

#[test]
fn retry_after_is_obeyed_and_410_is_final() {
    let emulator = Emulator::start().unwrap();
    let busy = receiver(["503 Busy\r\nRetry-After: 7"]);
    let gone = receiver(["410 Gone"]);
    endpoint(&emulator, &busy, &[EventType::SubscriberTagAdded]);
    endpoint(&emulator, &gone, &[EventType::SubscriberTagAdded]);
    emulator.trigger(TAG_ADDED, 1, None).unwrap();
    emulator.advance(Duration::from_secs(10));
    assert_eq!((busy.requests().len(), gone.requests().len()), (2, 1));
    emulator.advance(Duration::from_secs(1_000_000));
    assert_eq!((busy.requests().len(), gone.requests().len()), (2, 1));
    let statuses: Vec<_> = emulator.deliveries().iter().map(|d| d.status.as_str()).collect();
    assert_eq!(statuses, ["delivered", "failed"]);
}

#[test]
fn both_secrets_sign_while_one_is_rotated() {
    let emulator = Emulator::start().unwrap();
    let receiver = receiver([]);
    let client = client(&emulator);
    let made = endpoint(&emulator, &receiver, &[EventType::SubscriberTagAdded]);
    let id = made.endpoint.id;
    let rotated = client.send(&RotateSecret::new(id)).unwrap();
    assert_ne!(rotated.secret, made.secret);
    let error = client.send(&RotateSecret::new(id)).unwrap_err().to_string();
    assert!(error.contains("409") && error.contains("still within its rotation window"), "{error}");
    let last = |secret: &str| {
        emulator.trigger(TAG_ADDED, 1, None).unwrap();
        emulator.settle();
        read(receiver.requests().last().unwrap(), secret)
    };
    last(made.secret.secret()).unwrap();
    last(rotated.secret.secret()).unwrap();
    let forced = client.send(&RotateSecret::new(id).force()).unwrap();
    assert!(last(made.secret.secret()).is_err(), "the older of the two has ended");
    last(rotated.secret.secret()).unwrap();
    let revoked = client.send(&RevokePreviousSecret::new(id)).unwrap();
    assert_eq!(revoked.previous_secret_expires_at, None);
    assert!(last(rotated.secret.secret()).is_err());
    last(forced.secret.secret()).unwrap();
    // Or the time of the rotation passes.
    client.send(&RotateSecret::new(id)).unwrap();
    last(forced.secret.secret()).unwrap();
    emulator.advance(Duration::from_secs(24 * 60 * 60));
    assert!(last(forced.secret.secret()).is_err());
}

#[test]
fn an_endpoint_is_listed_changed_paused_and_deleted() {
    let emulator = Emulator::start().unwrap();
    let receiver = receiver([]);
    let client = client(&emulator);
    let made = endpoint(&emulator, &receiver, &["tag.created".into(), "post.published".into()]);
    let id = made.endpoint.id;
    assert_eq!(made.endpoint.events, [EventType::PostPublished, EventType::TagCreated]);
    assert_eq!(client.send(&GetWebhookEndpoint::new(id)).unwrap(), made.endpoint);
    let pause = UpdateWebhookEndpoint::new(id)
        .with_status(EndpointStatus::Disabled)
        .with_description("paused");
    let paused = client.send(&pause).unwrap();
    assert_eq!(
        (paused.name.clone(), paused.description.as_deref()),
        (made.endpoint.name, Some("paused"))
    );
    emulator.trigger("tag.created", 1, None).unwrap();
    emulator.settle();
    assert!(receiver.requests().is_empty());
    for (status, count) in [(EndpointStatus::Active, 0), (EndpointStatus::Disabled, 1)] {
        let list = ListWebhookEndpoints::new().with_status(status);
        assert_eq!(client.send(&list).unwrap().items.len(), count);
    }
    let resume = UpdateWebhookEndpoint::new(id).with_status(EndpointStatus::Active);
    client.send(&resume).unwrap();
    emulator.trigger("tag.created", 1, None).unwrap();
    emulator.settle();
    assert_eq!(receiver.requests().len(), 1);
    let delete = kit_core::webhook_endpoints::DeleteWebhookEndpoint::new(id);
    client.send(&delete).unwrap();
    for error in [
        client.send(&delete).unwrap_err(),
        client.send(&GetWebhookEndpoint::new(id)).unwrap_err(),
        client.send(&ListWebhookDeliveries::new(id)).unwrap_err(),
    ] {
        assert!(error.to_string().contains("404"), "{error}");
    }
}

#[test]
fn events_that_kit_refuses_are_refused() {
    let emulator = Emulator::start().unwrap();
    let client = Client::new(&emulator);
    let post = |body: Value| {
        let json = [("Content-Type", "application/json")];
        client.send("POST", "/v4/webhook_endpoints", &json, &body.to_string())
    };
    let url = "https://example.com/kit";
    for (body, message) in [
        (json!({"url": url, "events": []}), "events must include at least one event type"),
        (json!({"url": url}), "events must include at least one event type"),
        (json!({"events": ["tag.created"]}), "url can't be blank"),
        (json!({"url": "example.com", "events": ["tag.created"]}), "url must be"),
        (json!({"url": url, "events": ["tag.moved"]}), "is not an event type"),
        (json!({"url": url, "events": ["subscriber.link_clicked"]}), "is planned"),
    ] {
        assert_refused(&post(body), 422, message);
    }
    let nothing = [("X-Kit-Api-Key", "")];
    assert_eq!(client.send("GET", "/v4/webhook_endpoints", &nothing, "").status(), 401);
    let made = post(json!({"url": url, "events": ["tag.created"]})).into_body();
    let fields: Vec<_> = made["webhook_endpoint"].as_object().unwrap().keys().collect();
    assert_eq!(
        fields,
        [
            "created_at",
            "created_by_app",
            "description",
            "events",
            "id",
            "name",
            "previous_secret_expires_at",
            "secret",
            "source",
            "status",
            "url"
        ]
    );
}

#[test]
fn the_log_tells_what_was_delivered() {
    let emulator = Emulator::start().unwrap();
    let receiver = receiver(["500 No", "204 No Content"]);
    let client = client(&emulator);
    let id: WebhookEndpointId =
        endpoint(&emulator, &receiver, &[EventType::SubscriberTagAdded, EventType::TagCreated])
            .endpoint
            .id;
    emulator.trigger(TAG_ADDED, 1, None).unwrap();
    emulator.settle();
    emulator.trigger("tag.created", 2, None).unwrap();
    emulator.settle();
    let list = |list: ListWebhookDeliveries| -> Vec<u64> {
        client.send(&list).unwrap().items.iter().map(|record| record.id.get()).collect()
    };
    let all = ListWebhookDeliveries::new(id);
    assert_eq!(list(all.clone()), [2, 1], "newest first");
    assert_eq!(list(all.clone().with_status(DeliveryStatus::Retrying)), [1]);
    assert_eq!(list(all.clone().with_event_type(EventType::TagCreated)), [2]);
    assert_eq!(list(all.clone().with_status(DeliveryStatus::Failed)), [0; 0]);
    let page = client.send(&all.clone().per_page(1).unwrap()).unwrap();
    assert!(page.pagination.has_next_page);
    assert_eq!(list(all.clone().after(page.pagination.end_cursor.unwrap())), [1]);
    let error = client.send(&all.with_status("lost".into())).unwrap_err().to_string();
    assert!(error.contains("422") && error.contains("\"lost\" is not a status"), "{error}");

    let details = client.send(&GetWebhookDelivery::new(id, 2.into()).with_payload()).unwrap();
    assert_eq!((details.attempt_count, &details.status), (Some(1), &DeliveryStatus::Delivered));
    assert!(details.completed_at.is_some());
    let payload = serde_json::to_vec(&details.other["payload"]).unwrap();
    assert_eq!(Delivery::read(&payload).unwrap().events.len(), 2);
    emulator.advance(Duration::from_secs(31 * 24 * 60 * 60));
    emulator.trigger(TAG_ADDED, 1, None).unwrap();
    emulator.settle();
    assert_eq!(list(ListWebhookDeliveries::new(id)), [3], "kept for 30 days");
}

#[test]
fn a_legacy_webhook_is_told_unsigned() {
    let emulator = Emulator::start().unwrap();
    let receiver = receiver([]);
    let client = client(&emulator);
    for tag in [44, 45] {
        let url = format!("{}/{tag}", receiver.base_url());
        let event = Event::TagAdd { tag_id: tag.into() };
        client.send(&CreateWebhook::new(url, event).unwrap()).unwrap();
    }
    let purchase = format!("{}/purchase", receiver.base_url());
    client.send(&CreateWebhook::new(purchase, Event::PurchaseCreate).unwrap()).unwrap();
    emulator.trigger("subscriber.tag_add", 1, None).unwrap();
    emulator.trigger("purchase.purchase_create", 1, None).unwrap();
    emulator.settle();
    let mut seen = Vec::new();
    for request in receiver.requests() {
        assert_eq!(header(&request, "x-kit-signature"), None);
        let kind = match LegacyDelivery::read(body(&request).as_bytes()).unwrap() {
            LegacyDelivery::Subscriber(_) => "subscriber",
            LegacyDelivery::Purchase(_) => "purchase",
            _ => "other",
        };
        seen.push((request.split(' ').nth(1).unwrap().to_owned(), kind));
    }
    seen.sort();
    let expected = [("/44", "subscriber"), ("/45", "subscriber"), ("/purchase", "purchase")];
    assert_eq!(seen, expected.map(|(path, kind)| (path.to_owned(), kind)));
    // The webhook watches one tag alone.
    let data = json!({"tag_id": 44, "subscriber": {}});
    emulator.trigger("subscriber.tag_add", 1, Some(data)).unwrap();
    emulator.settle();
    let requests = receiver.requests();
    assert_eq!(requests.len(), 4);
    assert!(requests[3].starts_with("POST /44 "));
}

#[test]
fn each_fault_of_a_delivery_is_as_it_says() {
    let emulator = Emulator::start().unwrap();
    let receiver = receiver([]);
    let secret = endpoint(&emulator, &receiver, &[EventType::SubscriberTagAdded]).secret;
    let verified = |fault: DeliveryFault| -> Vec<Result<(), DeliveryError>> {
        let before = receiver.requests().len();
        emulator.fail_deliveries_when(move |_| Some(fault.clone()));
        emulator.trigger(TAG_ADDED, 1, None).unwrap();
        emulator.settle();
        let requests = receiver.requests();
        requests[before..].iter().map(|request| read(request, secret.secret()).map(drop)).collect()
    };
    assert_eq!(verified(DeliveryFault::duplicated()), [Ok(()), Ok(())]);
    assert_eq!(verified(DeliveryFault::delayed(Duration::from_millis(1))), [Ok(())]);
    assert_eq!(verified(DeliveryFault::forged()), [Err(DeliveryError::WrongSignature)]);
    assert!(matches!(
        verified(DeliveryFault::stale())[..],
        [Err(DeliveryError::Stale(3600..3700))]
    ));
    assert_eq!(verified(DeliveryFault::truncated()), [Err(DeliveryError::WrongSignature)]);
    assert_eq!(verified(DeliveryFault::dropped()), []);
    assert_eq!(verified(DeliveryFault::unanswered()), [Ok(())]);
    let statuses: Vec<_> = emulator.deliveries().iter().map(|d| d.status.as_str()).collect();
    let taken = ["delivered"; 5];
    assert_eq!(statuses[..5], taken, "this receiver takes everything");
    assert_eq!(statuses[5..], ["retrying", "retrying"]);
}

#[test]
fn a_dead_target_delays_nobody_else() {
    let emulator = Emulator::start().unwrap();
    // The receiver never answers.
    let dead = Server::start(|peer| {
        peer.request();
        peer.until_closed();
    });
    let live = receiver([]);
    endpoint(&emulator, &dead, &[EventType::SubscriberTagAdded]);
    endpoint(&emulator, &live, &[EventType::SubscriberTagAdded]);
    for _ in 0..20 {
        emulator.trigger(TAG_ADDED, 1, None).unwrap();
    }
    while live.requests().len() < 20 {
        std::thread::yield_now();
    }
}

#[test]
fn the_emulator_posts_to_this_machine_alone() {
    let emulator = Emulator::start().unwrap();
    let create =
        CreateWebhookEndpoint::new("http://example.com/", [EventType::TagCreated]).unwrap();
    client(&emulator).send(&create).unwrap();
    emulator.trigger("tag.created", 1, None).unwrap();
    emulator.settle();
    let error = emulator.deliveries()[0].attempts[0].error.clone().unwrap();
    assert!(error.contains("of this machine alone"), "{error}");
}

#[test]
fn a_host_that_is_named_is_posted_to() {
    // Its name leads nowhere, and is looked up.
    let emulator = Emulator::builder().deliver_to("nowhere.invalid").start().unwrap();
    for url in ["http://nowhere.invalid/", "http://other.invalid/"] {
        let create = CreateWebhookEndpoint::new(url, [EventType::TagCreated]).unwrap();
        client(&emulator).send(&create).unwrap();
    }
    emulator.trigger("tag.created", 1, None).unwrap();
    emulator.settle();
    let errors =
        emulator.deliveries().into_iter().map(|delivery| delivery.attempts[0].error.clone());
    let [named, other] = &errors.map(Option::unwrap).collect::<Vec<_>>()[..] else { panic!("two") };
    assert!(named.contains("nowhere.invalid has no address"), "{named}");
    assert!(other.contains("of this machine and of nowhere.invalid alone"), "{other}");
}

#[test]
fn all_can_be_controlled_over_http() {
    let emulator = Emulator::start().unwrap();
    let receiver = receiver([]);
    let client = Client::new(&emulator);
    let secret = endpoint(&emulator, &receiver, &[EventType::SubscriberTagAdded]).secret;
    let send = |method: &str, path: &str, body: Value| {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        client.send(method, &format!("/_kit/{path}"), &[], &body)
    };
    let rules = json!([{"delivery": "unanswered", "times": 1},
        {"method": "GET", "path": "/v4/web*", "status": 500, "every": 2}]);
    assert_eq!(send("POST", "faults", rules).status(), 204);
    let data = json!({"subscriber": null, "tag": null, "more": 1});
    let events = json!({"type": TAG_ADDED, "count": 3, "data": data});
    let made = send("POST", "events", events);
    assert_eq!((made.status().as_u16(), made.body()["events"].as_array().unwrap().len()), (201, 3));
    send("POST", "settle", Value::Null);
    assert_eq!(receiver.requests().len(), 1);
    let before = send("GET", "clock", Value::Null).into_body()["unix_seconds"].as_u64().unwrap();
    let clock = send("POST", "clock", json!({"advance_seconds": 60})).into_body();
    assert!(clock["unix_seconds"].as_u64().unwrap() >= before + 60);
    let requests = receiver.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(body(&requests[0]), body(&requests[1]));
    assert_eq!(read(&requests[1], secret.secret()).unwrap().events.len(), 3);
    let deliveries = send("GET", "deliveries", Value::Null).into_body();
    let delivery = &deliveries["deliveries"][0];
    assert_eq!(
        (&delivery["status"], delivery["attempts"].as_array().unwrap().len()),
        (&json!("delivered"), 2)
    );
    // Each second request fails.
    let statuses = [(); 4].map(|()| client.send("GET", "/v4/webhooks", &[], "").status().as_u16());
    assert_eq!(statuses, [200, 500, 200, 500]);
    let recorded = send("GET", "requests", Value::Null).into_body();
    let recorded = recorded["requests"].as_array().unwrap();
    assert_eq!(recorded.len(), 5);
    assert_eq!(recorded[1]["path"], "/v4/webhooks");
    assert!(!json!(recorded).to_string().contains(emulator.api_key()));

    let state = send("GET", "state", Value::Null).into_body();
    assert_eq!(state["webhook_endpoints"][0]["secret"], secret.secret());
    assert_eq!(send("POST", "reset", Value::Null).status(), 204);
    assert!(emulator.webhook_endpoints().is_empty() && emulator.deliveries().is_empty());
    assert_eq!(send("PUT", "state", state.clone()).status(), 204);
    assert_eq!(send("GET", "state", Value::Null).into_body(), state);
    assert_eq!(emulator.webhook_endpoints()[0].id, 1);

    for (path, body, message) in [
        ("events", json!({"count": 1}), "`type` is missing"),
        ("events", json!({"type": "tag.moved"}), "is no event"),
        ("events", json!({"type": "tag.created", "count": 0}), "`count` is not from 1"),
        ("clock", json!({}), "`advance_seconds`, `speed` or `to_next_timer` is wanted"),
        ("faults", json!([{"delivery": "lost"}]), "rule 1: `delivery` is one of"),
        ("faults", json!([{"delivery": "stale", "path": "/"}]), "rule 1: `path` is not known"),
        ("faults", json!([{"status": 500, "every": 0}]), "rule 1: `every`"),
    ] {
        assert_refused(&send("POST", path, body), 422, message);
    }
    assert_refused(
        &send("PUT", "state", json!({"webhooks": [{}]})),
        422,
        "`webhooks`, row 1: `id` is missing",
    );
    assert_eq!(send("GET", "nothing", Value::Null).status(), 404);
    assert_eq!(send("DELETE", "clock", Value::Null).status(), 405);
}

#[test]
fn the_clock_can_run_faster() {
    let emulator = Emulator::start().unwrap();
    let receiver = receiver(["500 No"]);
    endpoint(&emulator, &receiver, &[EventType::SubscriberTagAdded]);
    emulator.trigger(TAG_ADDED, 1, None).unwrap();
    emulator.set_clock_speed(1000);
    while receiver.requests().len() < 2 {
        std::thread::yield_now();
    }
}
