//! The control requests that the page of the local Kit is made of.

use std::io::{Read as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use kit_emulator::{Emulator, Fault};
use kit_tests::foreign::{Client, assert_refused};
use kit_tests::server::Server;
use serde_json::{Value, json};

/// A receiver that answers with this status.
fn receiver(status: &'static str) -> Server {
    Server::start(move |peer| {
        if peer.request().is_some() {
            let answer =
                format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            drop(peer.send(answer));
        }
    })
}

struct Kit {
    emulator: Emulator,
}

impl Kit {
    fn start() -> Self {
        Self { emulator: Emulator::start().unwrap() }
    }

    fn send(&self, method: &str, path: &str, body: impl Into<Value>) -> (u16, Value) {
        let body = body.into();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let headers = [("Content-Type", "application/json")];
        let response = Client::new(&self.emulator).send(method, path, &headers, &body);
        (response.status().as_u16(), response.into_body())
    }

    fn get(&self, path: &str) -> Value {
        let (status, body) = self.send("GET", path, Value::Null);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    fn done(&self, method: &str, path: &str, body: impl Into<Value>) {
        let (status, body) = self.send(method, path, body);
        assert!((200..300).contains(&status), "{path}: {body}");
    }

    fn add_endpoint(&self, receiver: &Server, event: &str) {
        self.done(
            "POST",
            "/v4/webhook_endpoints",
            json!({"url": receiver.base_url(), "events": [event]}),
        );
    }
}

#[test]
fn requests_are_listed_with_their_replies() {
    let kit = Kit::start();
    kit.done("POST", "/v4/tags", json!({"name": "VIP"}));
    kit.emulator.fail_next(1, Fault::status(500).retry_after("2").after_applying());
    assert_eq!(kit.send("GET", "/v4/account", Value::Null).0, 500);
    let all = kit.get("/_kit/requests");
    let [created, failed] = &all["requests"].as_array().unwrap()[..] else { panic!("{all}") };
    assert_eq!(
        (&created["number"], &created["status"], &created["fault"]),
        (&json!(1), &json!(201), &Value::Null)
    );
    assert!(created["duration_ms"].as_f64().unwrap() > 0.0);
    assert!(created["reply"]["body"].as_str().unwrap().contains("VIP"));
    assert_eq!(created["body"], r#"{"name":"VIP"}"#);
    assert_eq!(
        (&failed["status"], &failed["fault"]),
        (&json!(500), &json!("status 500 after applying"))
    );
    assert_eq!(failed["reply"]["headers"]["retry-after"], "2");
    assert_eq!(failed["headers"]["x-kit-api-key"], "[redacted]");
    assert_eq!(kit.get("/_kit/requests/2"), *failed);
    for number in ["0", "3", "x", "-1"] {
        assert_eq!(kit.send("GET", &format!("/_kit/requests/{number}"), Value::Null).0, 404);
    }
    // What has changed since, in short.
    let cursor = &all["cursor"];
    assert_eq!(kit.get(&format!("/_kit/requests?since={cursor}&brief"))["requests"], json!([]));
    kit.get("/v4/account");
    let changed = kit.get(&format!("/_kit/requests?since={cursor}&brief"));
    assert_eq!(changed["requests"][0]["number"], 3);
    assert_eq!(changed["requests"][0].get("headers"), None);
    assert_eq!(kit.get("/_kit/requests?limit=1")["requests"][0]["number"], 3);
    assert_refused(
        &Client::new(&kit.emulator).send("GET", "/_kit/requests?since=x", &[], ""),
        422,
        "`since`",
    );
}

#[test]
fn what_was_cut_off_or_closed_is_said() {
    let kit = Kit::start();
    let agent = ureq::Agent::new_with_defaults();
    let url = format!("{}/v4/account/colors", kit.emulator.base_url());
    for fault in [Fault::close(), Fault::truncate(), Fault::garbage()] {
        kit.emulator.fail_next(1, fault);
        let asked = agent.get(&url).header("X-Kit-Api-Key", kit.emulator.api_key()).call();
        drop(asked.map(|mut reply| reply.body_mut().read_to_vec()));
    }
    let all = kit.get("/_kit/requests");
    let [closed, cut, garbage] = &all["requests"].as_array().unwrap()[..] else { panic!("{all}") };
    assert_eq!(
        (&closed["status"], &closed["reply"], &closed["fault"]),
        (&Value::Null, &Value::Null, &json!("close"))
    );
    assert_eq!(closed["error"], "the connection was closed without a reply");
    assert_eq!((&cut["reply"]["is_cut_off"], &cut["fault"]), (&json!(true), &json!("truncate")));
    assert_eq!((&garbage["reply"]["is_cut_off"], &garbage["status"]), (&json!(false), &json!(201)));
}

#[test]
fn tokens_are_nowhere_in_what_is_listed() {
    let kit = Kit::start();
    let (id, secret) = (kit.emulator.client_id(), kit.emulator.client_secret());
    let query = format!(
        "client_id={id}&response_type=code&redirect_uri=https%3A%2F%2Fexample.com%2F&state=5tate"
    );
    let asked =
        ureq::Agent::new_with_config(ureq::Agent::config_builder().max_redirects(0).build())
            .get(format!("{}/v4/oauth/authorize?{query}", kit.emulator.base_url()))
            .call()
            .unwrap();
    let location = asked.headers()["location"].to_str().unwrap().to_owned();
    let code = location.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let grant = json!({"client_id": id, "client_secret": secret, "grant_type": "authorization_code", "code": code,
        "redirect_uri": "https://example.com/"});
    let (status, tokens) = kit.send("POST", "/v4/oauth/token", grant);
    assert_eq!(status, 200, "{tokens}");
    let listed = kit.get("/_kit/requests").to_string();
    for secret in [
        code,
        secret,
        tokens["access_token"].as_str().unwrap(),
        tokens["refresh_token"].as_str().unwrap(),
    ] {
        assert!(!listed.contains(secret), "{listed}");
    }
}

#[test]
fn rules_are_listed_added_and_removed() {
    let kit = Kit::start();
    assert_eq!(kit.get("/_kit/faults"), json!({"rules": [], "program_has_set_others": false}));
    let (limit, forged) =
        (json!({"status": 429, "retry_after": 2, "times": 1}), json!({"delivery": "forged"}));
    kit.done("POST", "/_kit/faults", json!([limit, forged]));
    kit.done("POST", "/_kit/faults?add", json!([{"status": 500, "percent": 50}]));
    assert_eq!(kit.send("GET", "/v4/tags", Value::Null).0, 429);
    let statuses: Vec<_> = (0..100).map(|_| kit.send("GET", "/v4/tags", Value::Null).0).collect();
    let failed = statuses.iter().filter(|status| **status == 500).count();
    assert!((30..70).contains(&failed), "{failed}");
    let listed = kit.get("/_kit/faults")["rules"].clone();
    assert_eq!(
        listed[0],
        json!({"id": "r1", "rule": limit, "hits": 1, "left": 0, "is_used_up": true})
    );
    assert_eq!((&listed[1]["hits"], &listed[1]["left"]), (&json!(failed), &Value::Null));
    assert_eq!(
        listed[2],
        json!({"id": "d1", "rule": forged, "hits": 0, "left": null, "is_used_up": false})
    );
    // By percentage, but the same ones each time.
    kit.done("POST", "/_kit/faults", json!([{"status": 500, "percent": 50}]));
    let again: Vec<_> = (0..100).map(|_| kit.send("GET", "/v4/tags", Value::Null).0).collect();
    assert_eq!(again, statuses);
    for id in ["r9", "d9", "x1", "r", ""] {
        assert_eq!(kit.send("DELETE", &format!("/_kit/faults/{id}"), Value::Null).0, 404, "{id}");
    }
    kit.done("POST", "/_kit/faults?add", json!([{"delivery": "stale"}]));
    kit.done("DELETE", "/_kit/faults/r3", Value::Null);
    kit.done("DELETE", "/_kit/faults/d2", Value::Null);
    assert_eq!(kit.get("/_kit/faults")["rules"], json!([]));
    kit.emulator.fail_next(1, Fault::status(500));
    assert_eq!(kit.get("/_kit/faults")["program_has_set_others"], true);
    kit.done("DELETE", "/_kit/faults", Value::Null);
    assert_eq!(kit.send("GET", "/v4/tags", Value::Null).0, 200);
}

#[test]
fn deliveries_are_made_now_and_their_attempts_are_told() {
    let kit = Kit::start();
    let receiver = receiver("500 No");
    kit.add_endpoint(&receiver, "tag.created");
    kit.emulator.set_clock_speed(0);
    kit.done("POST", "/_kit/faults", json!([{"delivery": "forged", "times": 1}]));
    kit.done("POST", "/v4/tags", json!({"name": "VIP"}));
    kit.emulator.settle();
    let listed = kit.get("/_kit/deliveries?brief");
    let brief = &listed["deliveries"][0];
    assert_eq!((&brief["status"], &brief["attempts_made"]), (&json!("retrying"), &json!(1)));
    assert_eq!(
        (&brief["next_attempt_in_seconds"], &brief["last_status"]),
        (&json!(30.0), &json!(500))
    );
    assert_eq!(brief["url"], receiver.base_url());
    assert_eq!(brief.get("attempts"), None);
    assert_eq!(
        kit.get(&format!("/_kit/deliveries?since={}", listed["cursor"]))["deliveries"],
        json!([])
    );
    assert_eq!(kit.send("POST", "/_kit/deliveries/1/deliver", Value::Null).0, 202);
    kit.emulator.settle();
    let changed = kit.get(&format!("/_kit/deliveries?since={}", listed["cursor"]));
    assert_eq!(changed["deliveries"][0]["attempts_made"], 2);
    let delivery = kit.get("/_kit/deliveries/1");
    assert_eq!(
        (&delivery["attempts"][0]["fault"], &delivery["attempts"][1]["fault"]),
        (&json!("forged"), &Value::Null)
    );
    assert!(delivery["attempts"][1]["signature"].as_str().unwrap().contains(",v1="));
    assert_eq!(delivery["next_attempt_in_seconds"], 120.0);
    let requests = receiver.requests();
    assert!(requests[1].ends_with(delivery["body"].as_str().unwrap()), "{requests:?}");
    // To the end, and once more after it.
    while kit.get("/_kit/clock")["next_timer_in_seconds"] != Value::Null {
        kit.done("POST", "/_kit/clock", json!({"to_next_timer": true}));
    }
    let failed = kit.get("/_kit/deliveries/1");
    assert_eq!((&failed["status"], &failed["attempts_made"]), (&json!("failed"), &json!(8)));
    assert_eq!(failed["next_attempt_at"], Value::Null);
    assert_refused(
        &Client::new(&kit.emulator).send("POST", "/_kit/clock", &[], r#"{"to_next_timer": true}"#),
        422,
        "there is no next timer",
    );
    assert_eq!(kit.send("POST", "/_kit/deliveries/1/deliver", Value::Null).0, 202);
    kit.emulator.settle();
    let again = kit.get("/_kit/deliveries/1");
    assert_eq!((&again["status"], &again["attempts_made"]), (&json!("failed"), &json!(9)));
    for id in ["2", "x"] {
        assert_eq!(kit.send("POST", &format!("/_kit/deliveries/{id}/deliver"), Value::Null).0, 404);
        assert_eq!(kit.send("GET", &format!("/_kit/deliveries/{id}"), Value::Null).0, 404);
    }
}

#[test]
fn a_delivery_that_is_under_way_is_not_made_twice() {
    let kit = Kit::start();
    let (sender, is_there) = mpsc::channel();
    let sender = Mutex::new(sender);
    let silent = Server::start(move |peer| {
        peer.request();
        let _ = sender.lock().unwrap().send(());
        peer.until_closed();
    });
    kit.add_endpoint(&silent, "tag.created");
    kit.done("POST", "/v4/tags", json!({"name": "VIP"}));
    is_there.recv().unwrap();
    assert_eq!(kit.get("/_kit/deliveries/1")["is_under_way"], true);
    let (status, refused) = kit.send("POST", "/_kit/deliveries/1/deliver", Value::Null);
    assert_eq!(
        (status, refused),
        (422, json!({"errors": ["an attempt is under way, or held back by a fault"]}))
    );
}

#[test]
fn a_reset_can_be_undone() {
    let kit = Kit::start();
    let receiver = receiver("500 No");
    kit.add_endpoint(&receiver, "tag.created");
    kit.emulator.set_clock_speed(0);
    kit.done("POST", "/v4/tags", json!({"name": "VIP"}));
    kit.emulator.settle();
    kit.done("POST", "/_kit/faults", json!([{"path": "/v4/account", "status": 500}]));
    let other = kit.emulator.add_account();
    let before = (kit.get("/_kit/state"), kit.get("/_kit/deliveries/1"));
    assert_eq!(kit.get("/_kit/changes")["can_undo_reset"], false);
    kit.done("POST", "/_kit/reset", Value::Null);
    assert_eq!(kit.get("/_kit/changes")["can_undo_reset"], true);
    assert_eq!(kit.send("GET", "/v4/account", Value::Null).0, 200, "without faults");
    assert_eq!(kit.get("/_kit/deliveries")["deliveries"], json!([]));
    kit.done("POST", "/v4/tags", json!({"name": "another"}));
    kit.done("POST", "/_kit/reset/undo", Value::Null);
    assert_eq!((kit.get("/_kit/state"), kit.get("/_kit/deliveries/1")), before);
    assert_eq!(kit.emulator.accounts().len(), 2);
    assert_eq!(other.webhooks().len(), 0);
    assert_eq!(kit.send("GET", "/v4/account", Value::Null).0, 500, "with faults");
    assert!(kit.get("/_kit/requests").to_string().contains("VIP"));
    assert!(!kit.get("/_kit/requests").to_string().contains("another"));
    // What was to be delivered still is, and no id comes again.
    kit.emulator.advance(Duration::from_secs(30));
    assert_eq!(kit.get("/_kit/deliveries/1")["attempts_made"], 2);
    kit.done("POST", "/v4/tags", json!({"name": "third"}));
    assert_eq!(kit.get("/v4/tags")["tags"][0]["id"], 3);
    assert_eq!(kit.send("POST", "/_kit/reset/undo", Value::Null).0, 422);
}

/// The pages of a list by its cursor, until there is nothing new.
fn pages(kit: &Kit, name: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), json!(0));
    loop {
        let page = kit.get(&format!("/_kit/{name}?since={cursor}&limit={limit}&brief"));
        cursor = page["cursor"].clone();
        let rows = page[name].as_array().unwrap();
        if rows.is_empty() {
            return all;
        }
        all.extend(rows.iter().cloned());
    }
}

#[test]
fn all_of_what_was_reset_comes_back() {
    let kit = Kit::start();
    let receiver = receiver("200 OK");
    kit.add_endpoint(&receiver, "tag.created");
    for name in 0..30 {
        kit.done("POST", "/v4/tags", json!({"name": name.to_string()}));
    }
    kit.emulator.settle();
    let before = kit.get("/_kit/requests");
    kit.done("POST", "/_kit/reset", Value::Null);
    // A second one changes nothing of what can be brought back.
    kit.done("POST", "/_kit/reset", Value::Null);
    let reset = kit.get("/_kit/requests");
    assert_ne!(reset["generation"], before["generation"], "all of it is gone");
    kit.done("POST", "/_kit/reset/undo", Value::Null);
    let again = kit.get("/_kit/requests");
    assert_ne!(again["generation"], reset["generation"]);
    assert_eq!(pages(&kit, "requests", 7).len(), 31);
    assert_eq!(pages(&kit, "deliveries", 7).len(), 30);
    assert_ne!(kit.get("/_kit/deliveries")["generation"], 0);
}

#[test]
fn an_undo_leaves_no_delivery_of_another_account_behind() {
    let kit = Kit::start();
    let (sender, is_there) = mpsc::channel();
    let sender = Mutex::new(sender);
    // It answers the second attempt alone.
    let count = AtomicUsize::new(0);
    let slow = Server::start(move |peer| {
        peer.request();
        let _ = sender.lock().unwrap().send(());
        if count.fetch_add(1, Ordering::SeqCst) == 0 {
            peer.until_closed();
        } else {
            let _ = peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    kit.done("POST", "/_kit/reset", Value::Null);
    let other = kit.emulator.add_account();
    let seed = json!({"accounts": [{"id": other.id(), "webhook_endpoints": [
        {"id": 1, "url": slow.base_url(), "events": ["tag.created"], "secret": "s"}]}]});
    kit.emulator.seed(&seed).unwrap();
    other.trigger("tag.created", 1, None).unwrap();
    is_there.recv().unwrap();
    kit.done("POST", "/_kit/reset/undo", Value::Null);
    kit.done("POST", "/_kit/settle", Value::Null);
    assert_eq!(other.deliveries()[0].attempts.len(), 1);
}

#[test]
fn a_reset_goes_back_to_the_seed_of_the_start() {
    let kit = Kit::start();
    let tag = json!({"id": 44, "name": "VIP", "created_at": "2026-07-29T14:32:10Z"});
    kit.emulator.begin_with(&json!({"tags": [tag]})).unwrap();
    assert!(kit.emulator.begin_with(&json!({"tags": 7})).is_err());
    kit.done("POST", "/v4/tags", json!({"name": "another"}));
    let other = kit.emulator.add_account().id();
    kit.done("POST", "/_kit/reset", Value::Null);
    // The seed says nothing of it.
    assert_eq!(kit.get(&format!("/_kit/state/forms?account={other}"))["total"], 2);
    assert_eq!(kit.get("/_kit/state/tags")["rows"], json!([tag]));
    assert_eq!(kit.get("/_kit/state/forms")["total"], 0, "as at the start");
    kit.done("POST", "/v4/tags", json!({"name": "third"}));
    assert_eq!(kit.get("/v4/tags")["tags"][0]["id"], 46, "no id comes again");
}

/// What is about all accounts is not done for one that is named.
#[test]
fn an_account_is_named_only_where_it_is_meant() {
    let kit = Kit::start();
    let other = kit.emulator.add_account().id();
    kit.done("POST", "/v4/tags", json!({"name": "VIP"}));
    for (method, path) in [
        ("POST", "reset"),
        ("POST", "reset/undo"),
        ("PUT", "state"),
        ("GET", "state"),
        ("POST", "settle"),
        ("GET", "clock"),
        ("GET", "faults"),
        ("GET", "requests"),
    ] {
        let refused = kit.send(method, &format!("/_kit/{path}?account={other}"), Value::Null);
        assert_eq!(refused.0, 422, "{method} {path}");
    }
    assert_eq!(kit.get("/_kit/state/tags")["total"], 1);
    assert_eq!(kit.get(&format!("/_kit/state/tags?account={other}"))["total"], 0);
}

#[test]
fn a_clock_that_is_refused_is_not_changed() {
    let kit = Kit::start();
    let years = json!({"advance_seconds": 99_999_999_999_u64});
    for body in [json!({"speed": 60, "to_next_timer": true}), years] {
        assert_eq!(kit.send("POST", "/_kit/clock", body).0, 422);
        assert_eq!(kit.get("/_kit/clock")["speed"], 1);
    }
}

#[test]
fn a_row_with_the_id_0_is_there() {
    let kit = Kit::start();
    let tag = json!({"id": 0, "name": "VIP", "created_at": "2026-07-29T14:32:10Z"});
    kit.emulator.seed(&json!({"tags": [tag]})).unwrap();
    assert_eq!(kit.get("/_kit/state")["tags"], json!([tag]));
    assert_eq!(kit.get("/_kit/state/tags"), json!({"rows": [tag], "total": 1}));
    assert_eq!(kit.get("/_kit/state/tags?after=0")["rows"], json!([]));
}

#[test]
fn bodies_that_are_refused_or_long_are_listed() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&lines);
    let tell = move |line: &str| told.lock().unwrap().push(line.to_owned());
    let kit = Kit { emulator: Emulator::builder().on_request(tell).start().unwrap() };
    let long = json!({"name": "x".repeat(70_000)});
    kit.send("POST", "/v4/tags", long.clone());
    // Of one that says itself that it is too large, nothing has to be sent.
    let address = kit.emulator.base_url().trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let head = "POST /v4/tags HTTP/1.1\r\nHost: here\r\nContent-Length: 3000000\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 413");
    let listed = kit.get("/_kit/requests")["requests"].clone();
    assert_eq!(listed[0]["body"].as_str().unwrap().len(), 64 * 1024);
    assert_eq!(listed[0]["body_length"], long.to_string().len());
    assert_eq!((&listed[1]["status"], &listed[1]["path"]), (&json!(413), &json!("/v4/tags")));
    while lines.lock().unwrap().len() < 2 {
        std::thread::yield_now();
    }
    assert!(lines.lock().unwrap()[1].starts_with("POST /v4/tags 413 in "));
}

#[test]
fn nobody_is_told_of_a_delivery_to_who_is_gone() {
    let kit = Kit::start();
    let receiver = receiver("200 OK");
    kit.add_endpoint(&receiver, "tag.created");
    kit.done("POST", "/v4/tags", json!({"name": "VIP"}));
    kit.emulator.settle();
    kit.done("DELETE", "/v4/webhook_endpoints/1", Value::Null);
    let (status, refused) = kit.send("POST", "/_kit/deliveries/1/deliver", Value::Null);
    assert_eq!(
        (status, refused["errors"][0].as_str()),
        (422, Some("its webhook or endpoint is gone, or disabled"))
    );
    assert_eq!(kit.get("/_kit/deliveries/1")["status"], "delivered");
}

#[test]
fn changes_are_waited_for() {
    let kit = Kit::start();
    let first = kit.get("/_kit/changes");
    let revision = first["revision"].as_u64().unwrap();
    // Nothing has changed: it waits, and says so.
    let same = kit.get(&format!("/_kit/changes?since={revision}&wait=0"));
    assert_eq!(same["revision"], revision);
    // It would wait for a minute; whoever waits for half of it has waited for nothing.
    let waits = |revision: u64| {
        let url = format!("{}/_kit/changes?since={revision}&wait=60", kit.emulator.base_url());
        std::thread::spawn(move || {
            let request = ureq::get(&url).config().timeout_global(Some(Duration::from_secs(30)));
            let text = request.build().call().unwrap().body_mut().read_to_string().unwrap();
            serde_json::from_str::<Value>(&text).unwrap()
        })
    };
    let mut revision = revision;
    let many: Vec<_> = (0..101).map(|name| json!({"name": name.to_string()})).collect();
    let later = || {
        let headers = [
            ("Content-Type", "application/json"),
            ("Authorization", "Bearer kit_emulator_access_token"),
        ];
        let body = json!({"tags": many}).to_string();
        let queued = Client::new(&kit.emulator).send("POST", "/v4/bulk/tags", &headers, &body);
        assert_eq!(queued.status(), 202);
    };
    let changes: [(&str, &dyn Fn()); 10] = [
        ("a request", &|| drop(kit.get("/v4/account"))),
        ("a fault", &|| kit.done("POST", "/_kit/faults", json!([{"close": true, "times": 0}]))),
        ("the clock", &|| kit.done("POST", "/_kit/clock", json!({"speed": 2}))),
        ("an account", &|| kit.done("POST", "/_kit/accounts", Value::Null)),
        ("an account of the program's", &|| drop(kit.emulator.add_account())),
        ("a fault of the program's", &|| kit.emulator.fail_next(0, Fault::close())),
        ("faults that are gone", &|| kit.emulator.heal()),
        ("the clock of the program", &|| kit.emulator.advance(Duration::from_secs(1))),
        ("a reset", &|| kit.done("POST", "/_kit/reset", Value::Null)),
        ("a queue", &later),
    ];
    for (name, change) in changes {
        let waiting = waits(revision);
        change();
        let told = waiting.join().unwrap();
        assert_ne!(told["revision"], revision, "{name}");
        assert_eq!(told["instance"], first["instance"]);
        revision = kit.get("/_kit/changes")["revision"].as_u64().unwrap();
    }
    // What is queued is done by the clock, which nobody moves.
    kit.done("POST", "/_kit/clock", json!({"speed": 1000}));
    let mut told = kit.get("/_kit/changes");
    while told["state"]["tags"] != 101 {
        told = waits(told["revision"].as_u64().unwrap()).join().unwrap();
    }
    assert_eq!(kit.get("/_kit/changes")["state"]["forms"], 2);
    // A request that only reads leaves the state as it is.
    let before = kit.get("/_kit/changes")["state_revision"].clone();
    kit.get("/v4/tags");
    assert_eq!(kit.get("/_kit/changes")["state_revision"], before);
    kit.done("POST", "/v4/tags", json!({"name": "VIP"}));
    assert_ne!(kit.get("/_kit/changes")["state_revision"], before);
    assert_ne!(Kit::start().get("/_kit/changes")["instance"], first["instance"]);
    assert_eq!(kit.send("GET", "/_kit/changes?account=7", Value::Null).0, 422);
}

#[test]
fn events_are_listed_made_of_a_subscriber_and_told_to_whom() {
    let kit = Kit::start();
    let types = kit.get("/_kit/events")["types"].clone();
    let types = types.as_array().unwrap();
    assert_eq!(types.len(), 23 + 15);
    kit.done("POST", "/v4/subscribers", json!({"email_address": "ann@example.com"}));
    for listed in types {
        let trigger = |body: Value| kit.send("POST", "/_kit/events", body);
        let made = trigger(json!({"type": listed["type"]}));
        assert_eq!((made.0, &made.1["told"]), (201, &json!(0)), "{listed}");
        let of_ann = trigger(json!({"type": listed["type"], "subscriber_id": 1}));
        let is_of_one = listed["data"].get("subscriber").is_some();
        assert_eq!(of_ann.0, if is_of_one { 201 } else { 422 }, "{listed} {of_ann:?}");
    }
    let receiver = receiver("200 OK");
    kit.add_endpoint(&receiver, "subscriber.tag_added");
    let event = json!({"type": "subscriber.tag_added", "subscriber_id": 1, "count": 101});
    let made = kit.send("POST", "/_kit/events", event).1;
    assert_eq!((&made["told"], &made["deliveries"]), (&json!(2), &json!([1, 2])));
    kit.emulator.settle();
    let body = kit.get("/_kit/deliveries/2")["body"].as_str().unwrap().to_owned();
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["events"][0]["data"]["subscriber"]["email_address"], "ann@example.com");
    for (body, message) in [
        (json!({"type": "subscriber.tag_added", "subscriber_id": 2}), "there is no subscriber 2"),
        (
            json!({"type": "subscriber.tag_added", "subscriber_id": 1, "data": {}}),
            "do not go together",
        ),
        (json!({"type": "tag.created", "subscriber_id": 1}), "is of no subscriber"),
    ] {
        let refused =
            Client::new(&kit.emulator).send("POST", "/_kit/events", &[], &body.to_string());
        assert_refused(&refused, 422, message);
    }
}

#[test]
fn a_resource_is_listed_in_pages() {
    let kit = Kit::start();
    for name in ["a", "b", "c"] {
        kit.done("POST", "/v4/tags", json!({ "name": name }));
    }
    let names = |query: &str| {
        let page = kit.get(&format!("/_kit/state/tags{query}"));
        assert_eq!(page["total"], 3);
        let rows = page["rows"].as_array().unwrap().clone();
        rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(""), ["a", "b", "c"]);
    assert_eq!(names("?limit=2"), ["a", "b"]);
    assert_eq!(names("?after=2"), ["c"]);
    let state = kit.get("/_kit/state");
    for (name, rows) in state.as_object().unwrap() {
        let mut listed = kit.get(&format!("/_kit/state/{name}"))["rows"].clone();
        if name == "account" {
            // The state has the id elsewhere.
            assert_eq!(listed[0]["id"], 1539);
            listed[0].as_object_mut().unwrap().remove("id");
        }
        assert_eq!(listed, if rows.is_array() { rows.clone() } else { json!([rows]) }, "{name}");
    }
    assert_eq!(kit.send("GET", "/_kit/state/what", Value::Null).0, 404);
    assert_eq!(kit.send("GET", "/_kit/state/tags?after=x", Value::Null).0, 422);
}

#[test]
fn each_request_is_told_of_in_a_line() {
    let (sender, lines) = mpsc::channel();
    let sender = Arc::new(Mutex::new(sender));
    let tell = move |line: &str| sender.lock().unwrap().send(line.to_owned()).unwrap_or_default();
    let emulator = Emulator::builder().on_request(tell).start().unwrap();
    let kit = Kit { emulator };
    kit.get("/v4/tags?per_page=1");
    kit.emulator.fail_next(1, Fault::status(500));
    assert_eq!(kit.send("GET", "/v4/account", Value::Null).0, 500);
    kit.get("/_kit/clock");
    kit.send("GET", "/v4/oauth/authorize?state=5tate", Value::Null);
    let lines: Vec<String> = lines.iter().take(3).collect();
    assert!(lines[0].starts_with("GET /v4/tags?per_page=1 200 in "), "{lines:?}");
    assert!(
        lines[1].starts_with("GET /v4/account 500 in ")
            && lines[1].ends_with(" ms by a fault: status 500")
    );
    assert!(lines[2].starts_with("GET /v4/oauth/authorize?[redacted] "), "{lines:?}");
}

/// The page and its files come as they should, to whom they should.
#[test]
fn the_page_is_guarded() {
    let kit = Kit::start();
    let agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
    let agent: ureq::Agent = agent.build().into();
    let get = |path: &str, headers: &[(&str, &str)]| {
        let mut request = agent.get(format!("{}{path}", kit.emulator.base_url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.call().unwrap()
    };
    let mut page = get("/_kit/", &[]);
    let html = page.body_mut().read_to_string().unwrap();
    assert!(!html.contains("style=") && !html.contains(" on") && !html.contains("http"), "{html}");
    let mut files = vec!["/_kit/".to_owned()];
    for part in html.split('"').filter(|part| part.starts_with("/_kit/page/")) {
        files.push(part.to_owned());
    }
    // And what the scripts import.
    let mut at = 0;
    while let Some(file) = files.get(at).cloned() {
        let mut reply = get(&file, &[]);
        assert_eq!(reply.status(), 200, "{file}");
        let header = |name: &str| reply.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(
            (header("x-content-type-options"), header("cache-control")),
            ("nosniff".into(), "no-store".into())
        );
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';")
                && !policy.contains("unsafe"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        let text = reply.body_mut().read_to_string().unwrap();
        for banned in
            ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "https://"]
        {
            assert!(!text.contains(banned), "{file}: {banned}");
        }
        for import in text.split("from \"./").skip(1) {
            let import = format!("/_kit/page/{}", import.split('"').next().unwrap());
            if !files.contains(&import) {
                files.push(import);
            }
        }
        assert_eq!(get(&file, &[("Host", "example.com")]).status(), 403, "{file}");
        assert_eq!(get(&file, &[("Origin", "http://example.com")]).status(), 403, "{file}");
        assert_eq!(get(&file, &[("Sec-Fetch-Site", "cross-site")]).status(), 403, "{file}");
        at += 1;
    }
    assert!(files.len() > 15, "{files:?}");
    assert!(get("/_kit/", &[]).headers().get("access-control-allow-origin").is_none());
    assert_eq!(get("/_kit", &[]).headers()["location"], "/_kit/");
    assert!(get("/", &[]).body_mut().read_to_string().unwrap().contains("href=\"/_kit/\""));
    assert_eq!(kit.emulator.requests(), 0, "none of it is a request to Kit");
    // A client at the root is answered as by Kit.
    assert_eq!(get("/", &[("X-Kit-Api-Key", "wrong")]).status(), 401);
    assert_eq!(kit.emulator.page(), format!("{}/_kit/", kit.emulator.base_url()));
}
