//! The emulator as it is seen from outside: by a client that is not ours.

use std::time::Duration;

use kit_core::Error;
use kit_core::webhooks::{CreateWebhook, DeleteWebhook, Event};
use kit_emulator::{Emulator, Fault};
use kit_tests::events;
use kit_tests::foreign::{Client, assert_refused};
use kit_tests::transport::{Setup, Transport};
use serde_json::{Value, json};

fn client_of(emulator: &Emulator) -> kit_ureq::Client {
    Transport::new(Setup::of(emulator))
}

fn purchases() -> CreateWebhook {
    CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate).unwrap()
}

#[test]
fn the_documented_example_is_answered_as_documented() {
    let emulator = Emulator::start().unwrap();
    let client = Client::new(&emulator);
    let request = json!({"target_url": "https://example.convertkit.dev/", "event": {
        "name": "subscriber.subscriber_activate", "form_id": null, "tag_id": null,
        "sequence_id": null, "product_id": null, "initiator_value": null, "custom_field_id": null}});
    for id in 1..=3 {
        let response = client.post(&request.to_string());
        assert_eq!(response.status(), 201);
        assert_eq!(
            response.into_body(),
            json!({"webhook": {"id": id, "account_id": 1539,
                "event": {"name": "subscriber_activate", "initiator_value": null},
                "target_url": "https://example.convertkit.dev/"}})
        );
    }
    let response = client.create(&json!({"name": "subscriber.tag_add", "tag_id": 44}));
    let event = json!({"name": "tag_add", "initiator_value": null, "tag_id": 44});
    assert_eq!(response.body()["webhook"]["event"], event);
    let link = "https://example.com/a";
    let response =
        client.create(&json!({"name": "subscriber.link_click", "initiator_value": link}));
    let event = json!({"name": "link_click", "initiator_value": link});
    assert_eq!(response.body()["webhook"]["event"], event);
}

#[test]
fn exactly_the_right_credential_is_taken() {
    let emulator = Emulator::builder().api_key("kit_other").start().unwrap();
    let client = Client::new(&emulator);
    let bearer = format!("Bearer {}", emulator.access_token());
    let get = |headers: &[(&str, &str)]| client.send("GET", "/v4/webhooks", headers, "");
    assert_eq!(get(&[("X-Kit-Api-Key", "kit_other")]).status(), 200);
    assert_eq!(get(&[("Authorization", &bearer)]).status(), 200);
    let (missing, key, token) =
        ("Authentication Failed", "The API key is invalid", "The access token is invalid");
    for (headers, text) in [
        (&[("X-Kit-Api-Key", "")][..], missing),
        (&[("X-Kit-Api-Key", "kit_emulator_api_key")], key),
        (&[("X-Kit-Api-Key", &bearer)], key),
        (&[("Authorization", "kit_other")], missing),
        (&[("Authorization", "Bearer")], missing),
        (&[("Authorization", "Bearer ")], missing),
        (&[("Authorization", "Bearer kit_other")], token),
        (&[("Authorization", emulator.access_token())], missing),
        (&[("X-Kit-Api-Key", "kit_other"), ("Authorization", &bearer)], missing),
        (&[("X-Kit-Api-Key", "kit_other"), ("X-Kit-Api-Key", "kit_other")], missing),
    ] {
        let refused = get(headers);
        assert_eq!(refused.status(), 401, "{headers:?}");
        assert_eq!(refused.body(), &json!({"errors": [text]}), "{headers:?}");
        let challenge = refused.headers().get("www-authenticate");
        let challenge = challenge.map(|value| value.to_str().unwrap());
        let of_token = "Bearer realm=\"ConvertKit API\", error=\"invalid_token\", \
            error_description=\"The access token is invalid\"";
        assert_eq!(challenge, (text == token).then_some(of_token), "{headers:?}");
    }
    // Whoever asks is looked at before what is asked for.
    for (method, path) in [("GET", "/v4/nothing"), ("GET", "/"), ("PATCH", "/v4/webhooks")] {
        let refused = client.send(method, path, &[("X-Kit-Api-Key", "")], "");
        assert_refused(&refused, 401, missing);
    }
}

#[test]
fn a_missing_field_has_the_documented_message() {
    let emulator = Emulator::start().unwrap();
    let client = Client::new(&emulator);
    for body in [
        "{}",
        "[]",
        r#"{"event": {"name": "purchase.purchase_create"}}"#,
        r#"{"target_url": "https://example.com/"}"#,
        r#"{"target_url": "https://example.com/", "event": null}"#,
    ] {
        let message = "`event` and `target` parameters must be provided";
        assert_refused(&client.post(body), 422, message);
    }
}

#[test]
fn a_wrong_field_has_a_clear_message() {
    let emulator = Emulator::start().unwrap();
    let client = Client::new(&emulator);
    for (event, message) in [
        (json!({}), "`event.name` must be provided"),
        (json!({"name": 1}), "`event.name` must be a string"),
        (json!({"name": "subscriber.moved"}), "\"subscriber.moved\" is not an event"),
        (json!({"name": "subscriber.tag_add"}), "`event.tag_id` must be provided"),
        (json!({"name": "subscriber.tag_add", "tag_id": null}), "`event.tag_id` must be provided"),
        (json!({"name": "subscriber.tag_add", "form_id": 4}), "`event.tag_id` must be provided"),
        (
            json!({"name": "subscriber.tag_add", "tag_id": "VIP"}),
            "`event.tag_id` must be an integer",
        ),
        (json!({"name": "subscriber.tag_add", "tag_id": 1.5}), "`event.tag_id` must be an integer"),
        (json!({"name": "subscriber.link_click", "initiator_value": 4}), "must be a string"),
        (json!({"name": "subscriber.link_click", "initiator_value": "a"}), "must be an http"),
        (json!("subscriber.tag_add"), "`event` must be an object"),
    ] {
        assert_refused(&client.create(&event), 422, message);
    }
    for (body, message) in [
        ("", "The body must be a JSON object"),
        ("{", "The body must be a JSON object"),
        ("[1]", "The body must be a JSON object"),
        (r#"{"target_url": 4, "event": {}}"#, "`target_url` must be a string"),
        (r#"{"target_url": "a", "event": {}}"#, "`target_url` must be an http"),
    ] {
        assert_refused(&client.post(body), 422, message);
    }
    let body =
        r#"{"target_url": "https://example.com/", "event": {"name": "purchase.purchase_create"}}"#;
    for headers in [&[][..], &[("Content-Type", "text/plain")]] {
        let response = client.send("POST", "/v4/webhooks", headers, body);
        assert_refused(&response, 422, "Content-Type must be application/json");
    }
    assert!(emulator.webhooks().is_empty());
    let headers = [("Content-Type", "application/json; charset=utf-8")];
    assert_eq!(client.send("POST", "/v4/webhooks", &headers, body).status(), 201);
}

#[test]
fn all_else_is_not_found() {
    let emulator = Emulator::start().unwrap();
    let client = Client::new(&emulator);
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/v4/webhooks/"),
        ("DELETE", "/v4/webhooks/1"),
        ("DELETE", "/v4/webhooks/one"),
        ("GET", "/v3/webhooks"),
    ] {
        assert_refused(&client.send(method, path, &[], ""), 404, "Not Found");
    }
}

#[test]
fn another_method_on_a_known_path_is_not_allowed() {
    let emulator = Emulator::start().unwrap();
    let client = Client::new(&emulator);
    for (method, path, allowed) in [
        ("PUT", "/v4/webhooks", "POST, GET"),
        ("DELETE", "/v4/webhooks", "POST, GET"),
        ("GET", "/v4/webhooks/1", "DELETE"),
        ("POST", "/v4/oauth/authorize", "GET"),
        ("PUT", "/_kit/faults", "POST, GET, DELETE"),
        ("GET", "/_kit/deliveries/1/deliver", "POST"),
        ("POST", "/_kit/page/main.js", "GET"),
    ] {
        let response = client.send(method, path, &[], "");
        assert_refused(&response, 405, "Method Not Allowed");
        assert_eq!(response.headers()["allow"], allowed);
    }
}

#[test]
fn webhooks_are_listed_in_pages_and_deleted() {
    let emulator = Emulator::start().unwrap();
    let client = Client::new(&emulator);
    let empty = client.get("?include_total_count=true");
    assert_eq!(empty["webhooks"], json!([]));
    assert_eq!(
        empty["pagination"],
        json!({"has_previous_page": false, "has_next_page": false, "start_cursor": null,
            "end_cursor": null, "per_page": 500, "total_count": 0})
    );
    for _ in 0..5 {
        client.create(&json!({"name": "purchase.purchase_create"}));
    }
    let ids = |page: &Value| -> Vec<u64> {
        let webhooks = page["webhooks"].as_array().unwrap();
        webhooks.iter().map(|webhook| webhook["id"].as_u64().unwrap()).collect()
    };
    let encoded = |cursor: &Value| {
        cursor.as_str().unwrap().replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
    };
    let page = client.get("?per_page=2");
    assert_eq!(ids(&page), [5, 4], "the newest first");
    assert_eq!(page["pagination"]["has_previous_page"], false);
    assert!(page["pagination"].get("total_count").is_none());
    let page =
        client.get(&format!("?per_page=2&after={}", encoded(&page["pagination"]["end_cursor"])));
    assert_eq!(ids(&page), [3, 2]);
    let flags = ["has_previous_page", "has_next_page"].map(|flag| &page["pagination"][flag]);
    assert_eq!(flags, [true, true]);
    let before = encoded(&page["pagination"]["start_cursor"]);
    let page =
        client.get(&format!("?per_page=2&after={}", encoded(&page["pagination"]["end_cursor"])));
    assert_eq!((ids(&page), &page["pagination"]["has_next_page"]), (vec![1], &json!(false)));
    assert_eq!(ids(&client.get(&format!("?per_page=1&before={before}"))), [4]);
    // A field without a value is not given.
    let unsaid = client.get("?after=&before=&per_page=&include_total_count=");
    assert_eq!(ids(&unsaid), [5, 4, 3, 2, 1]);
    assert_eq!(unsaid["pagination"]["per_page"], 500);

    for bad in
        ["?per_page=0", "?per_page=1001", "?per_page=many", "?after=nonsense", "?after=a&before=b"]
    {
        let response = client.send("GET", &format!("/v4/webhooks{bad}"), &[], "");
        assert_eq!(response.status(), 422, "{bad}");
    }

    let response = client.send("DELETE", "/v4/webhooks/3", &[], "");
    assert_eq!((response.status().as_u16(), response.body()), (204, &Value::Null));
    assert_refused(&client.send("DELETE", "/v4/webhooks/3", &[], ""), 404, "Not Found");
    assert_eq!(ids(&client.get("")), [5, 4, 2, 1]);
    // A cursor outlasts what it points to.
    let behind = client.get(&format!("?after={before}"));
    assert_eq!(ids(&behind), [2, 1]);
    assert_eq!(behind["pagination"]["has_previous_page"], true);
    // Ids grow: that of a deleted webhook does not come back.
    let response = client.create(&json!({"name": "purchase.purchase_create"}));
    assert_eq!(response.body()["webhook"]["id"], 6);
}

#[test]
fn faults_are_chosen_per_request_and_for_the_next() {
    let emulator = Emulator::start().unwrap();
    let client = Client::new(&emulator);
    let status = || client.create(&json!({"name": "purchase.purchase_create"})).status().as_u16();
    emulator.fail_next(2, Fault::status(500));
    assert_eq!([status(), status(), status()], [500, 500, 201]);
    emulator.fail_next(1, Fault::status(500).after_applying());
    assert_eq!((status(), emulator.webhooks().len()), (500, 2));

    emulator.fail_when(|request| (request.method() == "DELETE").then(|| Fault::status(429)));
    assert_eq!(status(), 201);
    assert_eq!(client.send("DELETE", "/v4/webhooks/1", &[], "").status(), 429);
    assert_eq!(client.send("DELETE", "/v4/webhooks/1", &[], "").status(), 429);
    emulator.heal();
    assert_eq!(client.send("DELETE", "/v4/webhooks/1", &[], "").status(), 204);
}

/// A deletion has no body that could be broken: a 200 with one comes in its place, as of a proxy.
#[test]
fn every_reply_can_be_broken() {
    let emulator = Emulator::start().unwrap();
    let client = client_of(&emulator);
    for fault in [Fault::garbage(), Fault::truncate()] {
        for applies in [false, true] {
            let id = client.send(&purchases()).unwrap().id;
            let fault = if applies { fault.clone().after_applying() } else { fault.clone() };
            emulator.fail_next(1, fault);
            let error = client.send(&DeleteWebhook::new(id)).unwrap_err();
            assert!(error.may_have_been_applied(), "{error}");
            assert!(matches!(error, Error::Reply(_) | Error::Transport { .. }), "{error}");
            assert_eq!(client.send(&DeleteWebhook::new(id)).is_err(), applies);
        }
    }
}

#[test]
fn a_fault_says_what_it_is_told_to() {
    let emulator = Emulator::start().unwrap();
    let client = Client::new(&emulator);
    client.create(&json!({"name": "purchase.purchase_create"}));
    let delete = || client.send("DELETE", "/v4/webhooks/1", &[], "");
    emulator.fail_next(1, Fault::status(422));
    assert_refused(&delete(), 422, "Unable to destroy the webhook.");
    let body = r#"{"errors": ["it is Monday"]}"#;
    let fault = Fault::status(422).body("application/json", body).retry_after("7");
    emulator.fail_next(1, fault);
    let response = delete();
    assert_refused(&response, 422, "it is Monday");
    assert_eq!(
        (&response.headers()["content-type"], &response.headers()["retry-after"]),
        (&"application/json".parse().unwrap(), &"7".parse().unwrap())
    );
    assert_eq!(delete().status(), 204);
}

/// In time, or not any more where the client is gone by then.
#[test]
fn a_delay_is_before_a_request_is_applied_or_after() {
    let emulator = Emulator::start().unwrap();
    let hour = Duration::from_secs(3600);
    let client = client_of(&emulator);
    let hasty = client.with_timeout(Duration::from_millis(300));
    emulator.fail_next(1, Fault::delay(hour));
    assert!(hasty.send(&purchases()).unwrap_err().may_have_been_applied());
    assert!(emulator.webhooks().is_empty());
    emulator.fail_next(1, Fault::delay(hour).after_applying());
    assert!(hasty.send(&purchases()).unwrap_err().may_have_been_applied());
    assert_eq!(emulator.webhooks().len(), 1);
    emulator.fail_next(1, Fault::delay(Duration::from_millis(1)));
    client.send(&purchases()).unwrap();
    assert_eq!(emulator.webhooks().len(), 2);
}

#[test]
fn an_event_is_the_same_text_as_the_clients() {
    let emulator = Emulator::start().unwrap();
    let client = client_of(&emulator);
    for event in events::all(44, "https://example.com/a?b=c") {
        client
            .send(&CreateWebhook::new("https://example.com/kit", event.clone()).unwrap())
            .unwrap();
        assert_eq!(emulator.webhooks().pop().unwrap().event_text(), event.to_string());
    }
}

#[test]
fn faults_can_be_set_over_http() {
    let emulator = Emulator::start().unwrap();
    let client = Client::new(&emulator);
    let set = |rules: &Value| client.send("POST", "/_kit/faults", &[], &rules.to_string());
    let get = || client.send("GET", "/v4/webhooks", &[], "");
    let rules = json!([
        {"method": "POST", "path": "/v4/webhooks", "times": 1, "status": 500, "after_applying": true},
        {"method": "GET", "times": 1, "status": 429, "retry_after": "2"},
        {"method": "get", "times": 1, "status": 429, "retry_after": 2},
        {"method": "GET", "times": 1, "status": 400, "body": {"errors": ["no"]}},
        {"path": "/v4/webhooks/7", "garbage": true},
    ]);
    assert_eq!(set(&rules).status(), 204);
    let before = emulator.requests();
    assert_eq!(client.create(&json!({"name": "purchase.purchase_create"})).status(), 500);
    assert_eq!((emulator.webhooks().len(), emulator.requests()), (1, before + 1));
    for _ in 0..2 {
        let response = get();
        assert_refused(&response, 429, "Too Many Requests");
        assert_eq!(response.headers()["retry-after"], "2");
    }
    assert_refused(&get(), 400, "no");
    assert_eq!(get().status(), 200);
    // A delay, and everything healed.
    assert_eq!(set(&json!([{"delay_ms": 1}])).status(), 204);
    assert_eq!(get().status(), 200);
    assert_eq!(set(&json!([{"close": true}])).status(), 204);
    assert_eq!(set(&json!([])).status(), 204);
    assert_eq!(get().status(), 200);

    for (rules, message) in [
        (json!({}), "The body is not a list of rules"),
        (
            json!([{"status": 503}, {"status": 503, "close": true}]),
            "rule 2: `status` and `close` are there together",
        ),
        (json!([{}]), "rule 1: one of `status`"),
        (json!([{"status": 103}]), "rule 1: `status` is not from 200 to 999"),
        (json!([{"status": "503"}]), "rule 1: `status` is not a whole number"),
        (json!([{"close": 1}]), "rule 1: `close` is not true or false"),
        (
            json!([{"close": true, "percent": 101}]),
            "rule 1: `percent` is not a number from 0 to 100",
        ),
        (json!([{"close": true, "percent": -1}]), "rule 1: `percent`"),
        (json!([{"close": true, "path": "v4/tags"}]), "rule 1: `path` \"v4/tags\" is no path"),
        (json!([{"close": true, "path": "/v4/*/subscribers"}]), "rule 1: `path`"),
        (json!([{"close": true, "path": "/v4/tags?a=b"}]), "rule 1: `path`"),
        (
            json!([{"delivery": "stale", "event_type": "nope"}]),
            "rule 1: `event_type` \"nope\" is no event",
        ),
        (
            json!([{"status": 429, "retry_after": 1.5}]),
            "rule 1: `retry_after` is not a whole number",
        ),
        (
            json!([{"close": true, "percent": 5, "every": 2}]),
            "`every` and `percent` do not go together",
        ),
        (json!([{"delivery": "forged", "status": 500}]), "rule 1: `status` is not known"),
        (json!([{"close": true, "method": "A B"}]), "rule 1: `method`"),
        (json!([{"close": true, "patch": "/"}]), "rule 1: `patch` is not known"),
    ] {
        assert_refused(&set(&rules), 422, message);
    }
    assert_refused(&client.send("POST", "/_kit/faults", &[], "["), 422, "The body is not JSON");
    assert_refused(&client.send("GET", "/_kit/what", &[], ""), 404, "Not Found");
}

#[test]
fn rate_limits_are_those_of_kit() {
    let emulator = Emulator::builder().rate_limits().start().unwrap();
    emulator.set_clock_speed(0);
    let client = Client::new(&emulator);
    let bearer = format!("Bearer {}", emulator.access_token());
    let get = |headers: &[(&str, &str)]| client.send("GET", "/v4/webhooks", headers, "");
    for (headers, budget) in [(&[][..], 120), (&[("Authorization", bearer.as_str())], 600)] {
        for _ in 0..budget {
            assert_eq!(get(headers).status(), 200);
        }
        // Without a body, and without a time to wait.
        let refused = get(headers);
        assert_eq!((refused.status().as_u16(), refused.body()), (429, &Value::Null));
        assert!(!refused.headers().contains_key("retry-after"));
        emulator.advance(Duration::from_secs(59));
        assert_eq!(get(headers).status(), 429);
        emulator.advance(Duration::from_secs(1));
        assert_eq!(get(headers).status(), 200);
    }
    // A request without a right to be answered is not counted.
    for _ in 0..150 {
        assert_eq!(get(&[("X-Kit-Api-Key", "wrong")]).status(), 401);
    }
}

#[test]
fn an_emulator_stops_when_it_is_dropped() {
    let emulator = Emulator::start().unwrap();
    let address = emulator.base_url().trim_start_matches("http://").to_owned();
    let connection = std::net::TcpStream::connect(&address).unwrap();
    drop(emulator);
    assert!(std::net::TcpStream::connect(&address).is_err());
    let end = std::io::Read::read(&mut &connection, &mut [0; 8]);
    assert!(matches!(end, Ok(0) | Err(_)), "{end:?}");
}

#[tokio::test]
async fn an_emulator_starts_and_stops_inside_a_runtime() {
    let emulator = Emulator::start().unwrap();
    let address = emulator.base_url().trim_start_matches("http://").to_owned();
    tokio::net::TcpStream::connect(&address).await.unwrap();
    drop(emulator);
    assert!(tokio::net::TcpStream::connect(&address).await.is_err());
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let emulator = Emulator::start().unwrap();
    let address: std::net::SocketAddr =
        emulator.base_url().trim_start_matches("http://").parse().unwrap();
    let error = Emulator::builder().address(address).start().unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}
