//! The emulator against who means harm, and against who asks for much: no request takes more than its size allows.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use kit_core::webhook_endpoints::{CreateWebhookEndpoint, EventType};
use kit_core::webhooks::{CreateWebhook, Event};
use kit_emulator::{DeliveryFault, Emulator};
use kit_tests::foreign::{Client, assert_refused};
use kit_tests::server::Server;
use kit_tests::transport::{Setup, Transport};
use serde_json::{Value, json};

const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];

fn client_of(emulator: &Emulator) -> kit_ureq::Client {
    Transport::new(Setup::of(emulator))
}

/// The answer to bytes as they are.
fn raw(emulator: &Emulator, request: &str) -> String {
    let address = emulator.base_url().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Each of a page of another site in a browser, or of a name that leads here.
#[test]
fn only_programs_of_this_machine_control_it() {
    let emulator = Emulator::builder().allow_host("kit").start().unwrap();
    let client = Client::new(&emulator);
    let controls =
        ["clock", "deliveries", "events", "faults", "requests", "reset", "settle", "state"];
    for path in controls {
        for method in ["GET", "POST", "PUT"] {
            let path = format!("/_kit/{path}");
            let send = |header| client.send(method, &path, &[header], "").status().as_u16();
            assert_eq!(send(("Host", "example.com")), 403, "{method} {path}");
            assert_eq!(send(("Origin", "http://example.com")), 403, "{method} {path}");
            assert_eq!(send(("Sec-Fetch-Site", "cross-site")), 403, "{method} {path}");
            assert_ne!(send(("Host", "kit:4010")), 403, "{method} {path}");
            assert_ne!(send(("Origin", emulator.base_url())), 403, "{method} {path}");
        }
    }
    // The API itself asks for a credential, by whatever name it is called.
    let response = client.send("GET", "/v4/account", &[("Host", "example.com")], "");
    assert_eq!(response.status(), 200);
}

/// Nine snippets, each with the one before thirteen times.
#[test]
fn snippets_that_hold_each_other_are_looked_at_once() {
    let emulator = Emulator::start().unwrap();
    let client = Client::new(&emulator);
    for level in 0..9_u32 {
        let content = match level.checked_sub(1) {
            Some(below) => format!("{{{{ snippet.s{below} }}}}").repeat(13),
            None => "x".into(),
        };
        let body =
            json!({"name": format!("s{level}"), "snippet_type": "inline", "content": content});
        let made = client.send("POST", "/v4/snippets", &JSON, &body.to_string());
        assert_eq!(made.status(), 201, "{}", made.body());
    }
    assert_eq!(client.send("GET", "/v4/snippets", &[], "").status(), 200);
}

/// A body that is refused for its size is refused before it has come.
#[test]
fn a_large_body_is_only_read_from_who_is_known() {
    let emulator = Emulator::start().unwrap();
    let head = |path: &str, credential: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{credential}Content-Length: 250000000\r\n\r\n"
        )
    };
    let token = format!("Authorization: Bearer {}\r\n", emulator.access_token());
    for (path, credential) in [
        ("/v4/bulk/tags", ""),
        ("/v4/bulk/tags", "Authorization: Bearer wrong\r\n"),
        ("/v4/tags", &*token),
        ("/_kit/state", ""),
    ] {
        let answer = raw(&emulator, &head(path, credential));
        assert!(answer.starts_with("HTTP/1.1 413 "), "{path} {credential}: {answer}");
    }
}

#[test]
fn a_body_that_is_broken_is_not_too_large() {
    let emulator = Emulator::start().unwrap();
    let answer = raw(
        &emulator,
        "POST /v4/tags HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    );
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

/// Whatever is under way, and however long it would take.
#[test]
fn a_reset_ends_what_is_under_way_and_gives_no_id_again() {
    let emulator = Emulator::start().unwrap();
    let client = client_of(&emulator);
    let create =
        || CreateWebhookEndpoint::new("http://127.0.0.1:1/", [EventType::TagCreated]).unwrap();
    let webhook = CreateWebhook::new("https://example.com/", Event::PurchaseCreate).unwrap();
    client.send(&webhook).unwrap();
    client.send(&create()).unwrap();
    emulator.fail_deliveries_when(|_| Some(DeliveryFault::delayed(Duration::from_secs(1 << 30))));
    emulator.trigger("tag.created", 10, None).unwrap();
    std::thread::scope(|scope| {
        let settling = scope.spawn(|| emulator.settle());
        let foreign = Client::new(&emulator);
        assert_eq!(foreign.send("POST", "/_kit/reset", &[], "").status(), 204);
        settling.join().unwrap();
    });
    emulator.advance(Duration::from_secs(1));
    assert!(client.send(&webhook).unwrap().id.get() > 1);
    assert!(client.send(&create()).unwrap().endpoint.id.get() > 1);
    emulator.trigger("tag.created", 1, None).unwrap();
    emulator.settle();
    assert_eq!(emulator.deliveries().len(), 1);
}

#[test]
fn concurrent_advances_add_up() {
    let emulator = Emulator::start().unwrap();
    let client = Client::new(&emulator);
    let now =
        || client.send("GET", "/_kit/clock", &[], "").body()["unix_seconds"].as_u64().unwrap();
    client_of(&emulator)
        .send(&CreateWebhookEndpoint::new("http://127.0.0.1:1/", [EventType::TagCreated]).unwrap())
        .unwrap();
    emulator.trigger("tag.created", 1, None).unwrap();
    let before = now();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| emulator.advance(Duration::from_secs(10_000)));
        }
    });
    let passed = now() - before;
    assert!((40_000..40_060).contains(&passed), "{passed}");
}

/// The host of a target is told without what stands before it, and a port that is none is an error.
#[test]
fn a_target_is_told_its_host_alone() {
    let receiver = Server::start(|peer| {
        let request = peer.request().unwrap_or_default();
        assert!(!request.contains("5ecret"), "{request}");
        let _ = peer.send("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    });
    let emulator = Emulator::start().unwrap();
    let place = receiver.address();
    let state = |url: String| json!({"webhook_endpoints": [{"id": 1, "url": url, "events": ["tag.created"], "secret": "whsec_a"}]});
    let deliver = |url: String| {
        emulator.seed(&state(url)).unwrap();
        emulator.trigger("tag.created", 1, None).unwrap();
        emulator.settle();
        emulator.deliveries()[0].attempts[0].clone()
    };
    assert_eq!(deliver(format!("http://user:5ecret@{place}/")).status, Some(204));
    assert!(receiver.requests()[0].contains(&format!("{place}")));
    let failed = deliver("http://127.0.0.1:99999/".into());
    assert!(failed.status.is_none() && failed.error.unwrap().contains("port"));
}

/// Each of what a state can say wrongly; nothing is changed by it.
#[test]
fn a_state_that_kit_cannot_have_is_refused() {
    let emulator = Emulator::start().unwrap();
    let before = emulator.snapshot();
    let ann = json!({"id": 9, "email_address": "ann@example.com"});
    let with = |mut row: Value, field: &str, value: Value| {
        row[field] = value;
        row
    };
    for (state, text) in [
        (
            json!({"subscribers": [with(ann.clone(), "state", "gone".into())]}),
            "`state` \"gone\" is none of",
        ),
        (
            json!({"subscribers": [ann.clone(), ann.clone()]}),
            "`subscribers`, row 2 (id 9): ann@example.com or the id 9 is there twice",
        ),
        (json!({"subscribers": [with(ann, "id", json!(1_u64 << 60))]}), "too great"),
        (
            json!({"tags": [{"id": 1, "name": "a", "created_at": ""}, {"id": 1, "name": "b", "created_at": ""}]}),
            "`tags`, row 2 (id 1): `id` is there twice",
        ),
        (json!({"snippets": [{"id": 1, "snippet_type": "x"}]}), "`snippet_type` \"x\" is none of"),
        (json!({"forms": [{"id": 1, "type": "x"}]}), "`type` \"x\" is none of"),
        (
            json!({"webhook_endpoints": [{"id": 1, "url": "http://a.b/", "events": ["x"], "secret": "s"}]}),
            "`events` \"x\" is none of",
        ),
        (json!({"what": []}), "`what` is no resource"),
        (
            json!({"subscribers": [{"id": 1}]}),
            "`subscribers`, row 1 (id 1): missing field `email_address`",
        ),
        (
            json!({"subscribers": [{"email_address": "a@example.com", "id": "1"}]}),
            "`subscribers`, row 1: `id`: invalid type: string \"1\", expected u64",
        ),
        (
            json!({"tags": [{"id": 1, "name": "a", "created_at": ""}, {"id": 2, "name": 3, "created_at": ""}]}),
            "`tags`, row 2 (id 2): `name`: invalid type",
        ),
        (json!({"webhooks": [{"id": 4}]}), "`webhooks`, row 1 (id 4): `target_url` is missing"),
        (
            json!({"webhook_endpoints": [{"id": 4}]}),
            "`webhook_endpoints`, row 1 (id 4): `url` is missing",
        ),
        (json!({"account": 7}), "`account`: invalid type"),
    ] {
        let error = emulator.seed(&state).unwrap_err();
        assert!(error.contains(text), "{error}");
        assert_eq!(emulator.snapshot(), before);
        let put = Client::new(&emulator).send("PUT", "/_kit/state", &[], &state.to_string());
        assert_refused(&put, 422, text);
    }
    let rows: Vec<Value> = (1..=100_001)
        .map(|id| json!({"id": id, "name": id.to_string(), "created_at": ""}))
        .collect();
    let error = emulator.seed(&json!({"segments": rows})).unwrap_err();
    assert_eq!(error, "`segments`, row 100001 (id 100001): there are 100000 rows at most");
    let rows: Vec<Value> = (1..=100_001)
        .map(|id| json!({"id": id, "email_address": format!("{id}@example.com")}))
        .collect();
    let error = emulator.seed(&json!({"subscribers": rows})).unwrap_err();
    assert_eq!(error, "`subscribers`, row 100001 (id 100001): there are 100000 rows at most");
    let field = |id: u64| json!({"id": id, "label": id.to_string(), "key": format!("k{id}"), "name": "n", "created_at": ""});
    let rows: Vec<Value> = (1..=501).map(field).collect();
    let error = emulator.seed(&json!({"custom_fields": rows})).unwrap_err();
    assert_eq!(error, "`custom_fields`, row 501 (id 501): there are 500 rows at most");
}

/// Each request would take minutes if it took a power of its size, and has one: 100,000 subscribers, asked for by a query
/// of 4,000 parameters, by a filter with a value of 1 MB and by one with 100 conditions.
#[test]
fn much_is_answered() {
    let emulator = Emulator::start().unwrap();
    let rows: Vec<Value> = (1..=100_000)
        .map(|id| json!({"id": id, "email_address": format!("{id}@example.com"), "fields": {"1": "x"}}))
        .collect();
    let field =
        json!({"id": 1, "label": "A", "key": "a", "name": "ck_field_1_a", "created_at": ""});
    let tags: Vec<Value> = (1..=50_000)
        .map(|id| json!({"id": id, "name": id.to_string(), "created_at": ""}))
        .collect();
    let state = json!({"subscribers": rows, "custom_fields": [field], "tags": tags});
    emulator.seed(&state).unwrap();
    let client = Client::new(&emulator);
    let query = "x=1&".repeat(4000);
    assert_eq!(client.send("GET", &format!("/v4/subscribers?{query}"), &[], "").status(), 200);
    let mut after = String::new();
    for page in 0..20 {
        let path = format!("/v4/subscribers?per_page=10&after={after}");
        let response = client.send("GET", &path, &[], "");
        assert_eq!(response.status(), 200, "{page}");
        let cursor = response.body()["pagination"]["end_cursor"].as_str().unwrap().to_owned();
        after = cursor.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    }
    let contains = json!({"type": "custom_field", "subscriber_custom_field_id": 1, "comparison": "contains", "value": "X".repeat(900_000)});
    let attribution = json!({"type": "attribution", "any": [{"type": "kit_source"}]});
    for all in [json!([contains]), vec![attribution; 100].into()] {
        let body = json!({"all": all, "per_page": 1}).to_string();
        assert_eq!(client.send("POST", "/v4/subscribers/filter", &JSON, &body).status(), 200);
    }
}

/// The same for what is done later: 50,000 tags of 100,000 subscribers, and 50,000 fields whose keys would be the same.
#[test]
fn much_is_done_later() {
    let emulator = Emulator::start().unwrap();
    let rows: Vec<Value> = (1..=100_000)
        .map(|id| json!({"id": id, "email_address": format!("{id}@example.com")}))
        .collect();
    let tags: Vec<Value> = (1..=50_000)
        .map(|id| json!({"id": id, "name": id.to_string(), "created_at": ""}))
        .collect();
    emulator.seed(&json!({"subscribers": rows, "tags": tags})).unwrap();
    let client = Client::new(&emulator);
    let token = format!("Bearer {}", emulator.access_token());
    let headers = [JSON[0], ("Authorization", token.as_str())];
    let tags: Vec<Value> = (1..=50_000).map(|id| json!({"id": id})).collect();
    // Letters that a key cannot have.
    let label = |number: u32| {
        let letters = (0..16).map(|bit| if number >> bit & 1 == 1 { 'é' } else { 'à' });
        json!({"label": format!("a{}", letters.collect::<String>())})
    };
    let fields: Vec<Value> = (0..50_000).map(label).collect();
    for (method, path, body) in [
        ("DELETE", "/v4/bulk/tags", json!({"tags": tags})),
        ("POST", "/v4/bulk/custom_fields", json!({"custom_fields": fields})),
    ] {
        assert_eq!(client.send(method, path, &headers, &body.to_string()).status(), 202);
    }
    emulator.advance(Duration::from_secs(60));
    assert_eq!(client.send("GET", "/v4/tags", &[], "").body()["tags"], json!([]));
    let response = client.send("GET", "/v4/custom_fields?per_page=1000", &[], "");
    let fields = response.body()["custom_fields"].as_array().unwrap();
    assert_eq!((fields.len(), &fields[0]["key"]), (500, &json!("a_500")));
}
