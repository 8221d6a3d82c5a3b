//! The emulator does what the live service was seen to do, and says it in the same words.

use kit_core::Timestamp;
use kit_emulator::Emulator;
use kit_tests::foreign::Client;
use kit_tests::session;
use serde_json::{Value, json};

const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];

struct Kit<'a> {
    client: Client<'a>,
    token: String,
}

impl<'a> Kit<'a> {
    fn of(emulator: &'a Emulator) -> Self {
        let token = format!("Bearer {}", emulator.access_token());
        Self { client: Client::new(emulator), token }
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let (body, headers) = match body {
            Value::Null => (String::new(), &JSON[..0]),
            body => (body.to_string(), &JSON[..]),
        };
        let mut headers = headers.to_vec();
        if path.starts_with("/v4/bulk/") || path.starts_with("/v4/purchases") {
            headers.push(("Authorization", &self.token));
        }
        let response = self.client.send(method, path, &headers, &body);
        (response.status().as_u16(), response.into_body())
    }

    /// The body of a success.
    fn done(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, body) = self.ask(method, path, body);
        assert!((200..300).contains(&status), "{method} {path}: {status} {body}");
        body
    }

    fn get(&self, path: &str) -> Value {
        self.done("GET", path, &Value::Null)
    }

    /// Refused with this status and exactly these errors.
    fn refused(&self, method: &str, path: &str, body: &Value, status: u16, errors: &Value) {
        let (answered, said) = self.ask(method, path, body);
        assert_eq!((answered, &said["errors"]), (status, errors), "{method} {path} {body}");
    }

    fn subscriber(&self, address: &str) -> u64 {
        let made = self.done("POST", "/v4/subscribers", &json!({"email_address": address}));
        made["subscriber"]["id"].as_u64().unwrap()
    }
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Kit's own libraries refresh on this text alone.
#[test]
fn a_token_that_has_run_out_is_told_so() {
    let lifetime = std::time::Duration::from_secs(60);
    let emulator = Emulator::builder().token_lifetime(lifetime).start().unwrap();
    let client = Client::new(&emulator);
    let tokens = session::tokens(&emulator);
    let bearer = format!("Bearer {}", tokens.access_token.secret());
    let get = || client.send("GET", "/v4/tags", &[("Authorization", &bearer)], "");
    assert_eq!(get().status(), 200);
    emulator.advance(lifetime);
    let expired = get();
    assert_eq!(expired.status(), 401);
    assert_eq!(expired.body(), &json!({"errors": ["The access token expired"]}));
    assert!(!expired.headers().contains_key("www-authenticate"));
}

#[test]
fn an_empty_list_is_an_empty_object_in_every_body() {
    let emulator = Emulator::start().unwrap();
    let kit = Kit::of(&emulator);
    let ann = kit.subscriber("ann@example.com");
    let changed = kit.done("PUT", &format!("/v4/subscribers/{ann}"), &json!([]));
    assert_eq!(changed["subscriber"]["email_address"], "ann@example.com");
    for path in ["/v4/tags", "/v4/custom_fields", "/v4/webhooks", "/v4/subscribers", "/v4/snippets"]
    {
        let (as_list, as_object) =
            (kit.ask("POST", path, &json!([])), kit.ask("POST", path, &json!({})));
        assert_eq!(as_list, as_object, "{path}");
        assert_eq!(as_list.0, 422, "{path}");
    }
}

#[test]
fn ids_are_taken_as_texts_and_booleans_as_digits() {
    let emulator = Emulator::start().unwrap();
    let kit = Kit::of(&emulator);
    kit.subscriber("ann@example.com");
    let tag = kit.done("POST", "/v4/tags", &json!({"name": "VIP"}))["tag"]["id"].clone();
    for key in ["sequence_id", "course_id"] {
        for id in [json!(7), json!("7")] {
            let event = json!({"name": "subscriber.course_subscribe", key: id});
            let made = json!({"target_url": "https://example.com/", "event": event});
            let made = kit.done("POST", "/v4/webhooks", &made);
            assert_eq!(made["webhook"]["event"]["sequence_id"], 7, "{key}");
        }
    }
    let taggings = json!({"taggings": [{"tag_id": tag.to_string(), "subscriber_id": "1"}]});
    let tagged = kit.done("POST", "/v4/bulk/tags/subscribers", &taggings);
    assert_eq!(
        (&tagged["failures"], tagged["subscribers"].as_array().unwrap().len()),
        (&json!([]), 1)
    );
    for (query, is_there) in [("1", true), ("true", true), ("0", false), ("false", false)] {
        let page = kit.get(&format!("/v4/subscribers?include_total_count={query}"));
        assert_eq!(page["pagination"].get("total_count").is_some(), is_there, "{query}");
        let page = kit.get(&format!("/v4/subscribers?slim={query}"));
        assert_eq!(page["subscribers"][0].get("fields").is_none(), is_there, "{query}");
    }
    for path in ["/v4/tags/+1/subscribers", "/v4/tags/1.0/subscribers", "/v4/tags/%2B1/subscribers"]
    {
        kit.refused("GET", path, &Value::Null, 404, &json!(["Not Found"]));
    }
    let errors = json!(["`per_page` must be from 1 to 1000"]);
    kit.refused("GET", "/v4/tags?per_page=%2B5", &Value::Null, 422, &errors);
}

#[test]
fn a_bulk_item_that_is_no_object_is_refused_with_all() {
    let emulator = Emulator::start().unwrap();
    let kit = Kit::of(&emulator);
    let errors = json!(["subscribers must be a list of objects"]);
    for item in [json!([]), json!(1), json!("a"), json!(null)] {
        let body = json!({"subscribers": [{"email_address": "a@b.c"}, item]});
        kit.refused("POST", "/v4/bulk/subscribers", &body, 422, &errors);
    }
    assert_eq!(kit.get("/v4/subscribers?status=all")["subscribers"], json!([]));
}

#[test]
fn an_address_that_is_none_is_refused_wherever_it_comes() {
    let emulator = Emulator::start().unwrap();
    let kit = Kit::of(&emulator);
    kit.done("POST", "/v4/tags", &json!({"name": "VIP"}));
    kit.done("POST", "/v4/sequences", &json!({"name": "Welcome", "active": true}));
    let errors = json!(["email_address contains an invalid email address"]);
    for query in ["ann", "ann+vip@example.com", "ann@example.com,bob"] {
        let path = format!("/v4/subscribers?email_address={query}");
        kit.refused("GET", &path, &Value::Null, 422, &errors);
    }
    assert_eq!(
        kit.get("/v4/subscribers?email_address=no%2Bbody@example.com")["subscribers"],
        json!([])
    );
    let wrong = json!({"email_address": "ann"});
    for (method, path) in [
        ("POST", "/v4/subscribers"),
        ("POST", "/v4/forms/1/subscribers"),
        ("POST", "/v4/tags/1/subscribers"),
        ("DELETE", "/v4/tags/1/subscribers"),
        ("POST", "/v4/sequences/1/subscribers"),
    ] {
        kit.refused(method, path, &wrong, 422, &json!(["Email address is invalid"]));
    }
    // By a JSON body.
    let ann = json!({"email_address": "ann@example.com"});
    kit.subscriber("ann@example.com");
    kit.done("POST", "/v4/tags/1/subscribers", &ann);
    assert_eq!(kit.ask("DELETE", "/v4/tags/1/subscribers", &ann).0, 204);
    assert_eq!(kit.get("/v4/tags/1/subscribers")["subscribers"], json!([]));
}

#[test]
fn a_subscriber_is_changed_in_part() {
    let emulator = Emulator::start().unwrap();
    let kit = Kit::of(&emulator);
    kit.done("POST", "/v4/custom_fields", &json!({"label": "City"}));
    let ann = format!("/v4/subscribers/{}", kit.subscriber("ann@example.com"));
    kit.done("PUT", &ann, &json!({"fields": {"city": "Oslo"}}));
    kit.done("PUT", &ann, &json!({"first_name": "Ann"}));
    let read = &kit.get(&ann)["subscriber"];
    assert_eq!(
        (&read["email_address"], &read["first_name"], &read["fields"]["city"]),
        (&json!("ann@example.com"), &json!("Ann"), &json!("Oslo"))
    );
    // A subscriber who has unsubscribed stays so, whatever is written.
    assert_eq!(kit.ask("POST", &format!("{ann}/unsubscribe"), &Value::Null).0, 204);
    kit.subscriber("ann@example.com");
    assert_eq!(kit.get(&ann)["subscriber"]["state"], "cancelled");
    assert_eq!(kit.get("/v4/subscribers?email_address=ann@example.com")["subscribers"], json!([]));
    for status in ["all", "cancelled"] {
        let path = format!("/v4/subscribers?email_address=ann@example.com&status={status}");
        assert_eq!(kit.get(&path)["subscribers"].as_array().unwrap().len(), 1, "{status}");
    }
    for (query, error) in [
        (
            "include=canceled_at",
            "The status param must be `cancelled` if include has `canceled_at`",
        ),
        (
            "sort_field=engagement__sent&email_address=ann@example.com",
            "email_address cannot be used together with an engagement sort_field",
        ),
    ] {
        kit.refused("GET", &format!("/v4/subscribers?{query}"), &Value::Null, 422, &json!([error]));
    }
}

#[test]
fn a_change_of_nothing_changes_nothing() {
    let emulator = Emulator::start().unwrap();
    let kit = Kit::of(&emulator);
    kit.subscriber("ann@example.com");
    let changed = |time: &str| {
        let found = kit.get(&format!("/v4/subscribers?updated_after={time}"));
        found["subscribers"].as_array().unwrap().len()
    };
    emulator.advance(std::time::Duration::from_secs(3600));
    let time = kit.get("/_kit/clock")["now"].as_str().unwrap().to_owned();
    emulator.advance(std::time::Duration::from_secs(3600));
    for nothing in [json!([]), json!({})] {
        kit.done("PUT", "/v4/subscribers/1", &nothing);
        assert_eq!(changed(&time), 0, "{nothing}");
    }
    kit.done("PUT", "/v4/subscribers/1", &json!({"first_name": "Ann"}));
    assert_eq!(changed(&time), 1);
}

#[test]
fn a_broadcast_is_changed_in_part_and_a_draft_has_no_times() {
    let emulator = Emulator::start().unwrap();
    let kit = Kit::of(&emulator);
    let draft = json!({"subject": "S", "content": "C", "public": false, "subscriber_filter": []});
    let made = &kit.done("POST", "/v4/broadcasts", &draft)["broadcast"];
    assert_eq!((&made["published_at"], &made["send_at"]), (&Value::Null, &Value::Null));
    let path = format!("/v4/broadcasts/{}", made["id"]);
    for method in ["PUT", "PATCH"] {
        let changed = &kit.done(method, &path, &json!({"preview_text": method}))["broadcast"];
        assert_eq!(
            (&changed["subject"], &changed["content"], &changed["preview_text"]),
            (&json!("S"), &json!("C"), &json!(method))
        );
    }
    let everybody =
        json!({"subject": "S", "subscriber_filter": [{"all": [{"type": "all_subscribers"}]}]});
    let errors = json!(["Only `segment` or `tag` filters allowed"]);
    kit.refused("POST", "/v4/broadcasts", &everybody, 422, &errors);
    kit.refused("PUT", &path, &everybody, 422, &errors);
    let slim = kit.get("/v4/broadcasts?slim=1");
    let left = keys(&slim["broadcasts"][0]);
    for gone in ["content", "public_url", "email_address", "email_template", "subscriber_filter"] {
        assert!(!left.contains(&gone), "{left:?}");
    }
    let errors = json!(["status must be one of: draft, scheduled, sending, completed, aborted"]);
    kit.refused("GET", "/v4/broadcasts?status=nothing", &Value::Null, 422, &errors);
}

#[test]
fn a_broadcast_that_was_sent_has_percentages_and_cannot_be_deleted() {
    let emulator = Emulator::start().unwrap();
    let kit = Kit::of(&emulator);
    for name in ["a", "b", "c", "d", "e"] {
        kit.subscriber(&format!("{name}@example.com"));
    }
    let at = &kit.get("/_kit/clock")["now"];
    let made = json!({"subject": "S", "content": "<a href=\"https://example.com/a\">A</a>", "send_at": at});
    let made = kit.done("POST", "/v4/broadcasts", &made);
    let path = format!("/v4/broadcasts/{}", made["broadcast"]["id"]);
    let draft = json!({"subject": "D", "content": "C", "subscriber_filter": []});
    let draft = kit.done("POST", "/v4/broadcasts", &draft)["broadcast"]["id"].clone();
    let errors = json!(["Broadcast is already sending."]);
    kit.refused("DELETE", &path, &Value::Null, 422, &errors);
    emulator.advance(std::time::Duration::from_secs(3600));
    let sent = kit.get("/v4/broadcasts?sent_after=2020-01-01")["broadcasts"].clone();
    assert_eq!(sent.as_array().unwrap().len(), 1, "drafts are not sent: {sent}");
    let stats = &kit.get(&format!("{path}/stats"))["broadcast"]["stats"];
    let (opened, sent) =
        (stats["emails_opened"].as_f64().unwrap(), stats["recipients"].as_f64().unwrap());
    assert_eq!(
        (sent, stats["open_rate"].as_f64().unwrap()),
        (5.0, opened / sent * 100.0),
        "{stats}"
    );
    let clicks = &kit.get(&format!("{path}/clicks"))["broadcast"]["clicks"];
    assert!(clicks[0]["id"].is_u64(), "{clicks}");
    let errors = json!(["Broadcast has already been sent."]);
    kit.refused("DELETE", &path, &Value::Null, 422, &errors);
    // Five years later nothing is known of it any more.
    emulator.advance(std::time::Duration::from_secs(5 * 366 * 24 * 60 * 60));
    let errors = json!(["Statistics are available for the last five years"]);
    kit.refused("GET", &format!("{path}/stats"), &Value::Null, 400, &errors);
    let known = kit.get("/v4/broadcasts/stats")["broadcasts"].clone();
    assert_eq!((known.as_array().unwrap().len(), &known[0]["id"]), (1, &draft));
}

#[test]
fn names_of_tags_are_compared_as_kit_does() {
    let emulator = Emulator::start().unwrap();
    let kit = Kit::of(&emulator);
    let first = kit.done("POST", "/v4/tags", &json!({"name": "VIP list"}));
    let (status, second) = kit.ask("POST", "/v4/tags", &json!({"name": " vip   LIST "}));
    assert_eq!((status, &second["tag"]["id"]), (200, &first["tag"]["id"]));
    assert_eq!(second["tag"]["name"], "VIP list");
    kit.done("POST", "/v4/tags", &json!({"name": "Other"}));
    let names = json!({"tags": [{"name": "vip list"}, {"name": "OTHER"}, {"name": " "}]});
    let (status, bulk) = kit.ask("POST", "/v4/bulk/tags", &names);
    let rows: Vec<_> =
        bulk["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    assert_eq!((status, rows), (200, vec!["Other", "VIP list"]));
    assert_eq!(bulk["failures"].as_array().unwrap().len(), 1);
    for path in ["/v4/tags", "/v4/forms"] {
        let list = path.trim_start_matches("/v4/");
        assert!(kit.get(path)[list][0].get("subscriber_count").is_none(), "{path}");
        let counted = kit.get(&format!("{path}?include=subscriber_count"));
        assert_eq!(counted[list][0]["subscriber_count"], 0, "{path}");
    }
    assert_eq!(kit.get("/v4/legacy_landing_pages?type=embed")["legacy_landing_pages"], json!([]));
}

#[test]
fn a_purchase_is_taken_in_both_shapes() {
    let emulator = Emulator::start().unwrap();
    let kit = Kit::of(&emulator);
    let purchase = |transaction: &str, lid: Value| {
        json!({"email_address": "ann@example.com", "first_name": "Ann", "transaction_id": transaction,
            "status": "paid", "currency": "USD", "transaction_time": "2026-11-26 16:43:44",
            "subtotal": 1.5, "shipping": 2.25, "tax": 0, "discount": 0, "total": 3.75,
            "products": [{"name": "Book", "pid": 9, "lid": lid, "unit_price": 1.5, "quantity": 1}]})
    };
    let unwrapped = kit.done("POST", "/v4/purchases", &purchase("t1", json!(7)));
    let wrapped =
        kit.done("POST", "/v4/purchases", &json!({"purchase": purchase("t2", json!("7"))}));
    for made in [&unwrapped, &wrapped] {
        let made = made.get("purchase").unwrap_or(made);
        assert_eq!(made["email_address"], "ann@example.com");
        assert_eq!(made["transaction_time"], "2026-11-26T16:43:44Z");
        assert_eq!(made["products"].as_array().unwrap().len(), 1);
    }
    // Whoever buys is a subscriber; and what is sent again is added again.
    assert_eq!(kit.get("/v4/subscribers")["subscribers"][0]["first_name"], "Ann");
    let again = kit.done("POST", "/v4/purchases", &purchase("t1", json!(8)));
    let again = again.get("purchase").unwrap_or(&again);
    assert_eq!(again["products"].as_array().unwrap().len(), 2);
    let mut none = purchase("t3", json!(1));
    none["products"] = json!([]);
    kit.refused("POST", "/v4/purchases", &none, 422, &json!(["Products cannot be blank"]));
}

#[test]
fn sequences_have_statistics_and_positions() {
    let emulator = Emulator::start().unwrap();
    let kit = Kit::of(&emulator);
    let made = kit.done("POST", "/v4/sequences", &json!({"name": "Welcome"}));
    let sequence = format!("/v4/sequences/{}", made["sequence"]["id"]);
    let email = json!({"subject": "S", "delay_value": 2, "delay_unit": "hours", "send_days": ["monday"], "position": 3});
    let made = &kit.done("POST", &format!("{sequence}/emails"), &email)["email"];
    assert_eq!((&made["delay_unit"], &made["send_days"]), (&json!("hours"), &json!(["monday"])));
    let errors = json!(["position has already been taken"]);
    kit.refused("POST", &format!("{sequence}/emails"), &email, 422, &errors);
    let stats =
        |path: &str, name: &str| kit.get(&format!("{path}?include=stats"))[name]["stats"].clone();
    let of_sequence = stats(&sequence, "sequence");
    assert!(keys(&of_sequence).contains(&"unsubscribers") && of_sequence["open_rate"].is_null());
    let of_email = stats(&format!("{sequence}/emails/{}", made["id"]), "email");
    assert_eq!((&of_email["recipients"], of_email["open_rate"].as_f64()), (&json!(0), Some(0.0)));
    assert!(kit.get(&sequence)["sequence"].get("stats").is_none());
    kit.done("PUT", &sequence, &json!({"active": false}));
    kit.subscriber("ann@example.com");
    let ann = json!({"email_address": "ann@example.com"});
    let errors = json!([["Sequence is inactive"]]);
    kit.refused("POST", &format!("{sequence}/subscribers"), &ann, 422, &errors);
}

#[test]
fn a_filter_finds_everybody_and_walks_both_ways() {
    let emulator = Emulator::start().unwrap();
    let kit = Kit::of(&emulator);
    for name in ["a", "b", "c"] {
        kit.subscriber(&format!("{name}@example.com"));
    }
    let filter = |body: Value| kit.done("POST", "/v4/subscribers/filter", &body);
    let first = filter(json!({"all": [], "per_page": 2, "include_total_count": true}));
    assert_eq!(first["subscribers"].as_array().unwrap().len(), 2);
    assert_eq!(first["pagination"]["total_count"], 3);
    let after = &first["pagination"]["end_cursor"];
    let second = filter(json!({"all": [], "per_page": 2, "after": after}));
    assert_eq!(second["subscribers"].as_array().unwrap().len(), 1);
    // Backwards, the flags are those of the direction of travel.
    let before = &second["pagination"]["start_cursor"];
    let back = filter(json!({"all": [], "per_page": 2, "before": before}));
    let flags = ["has_previous_page", "has_next_page"].map(|flag| &back["pagination"][flag]);
    assert_eq!(flags, [true, false]);
    let end =
        filter(json!({"all": [], "per_page": 2, "before": back["pagination"]["start_cursor"]}));
    assert_eq!(end["subscribers"], json!([]));
    let most = filter(json!({"all": [], "per_page": 101}));
    assert_eq!(most["pagination"]["per_page"], 100);
    for (condition, error) in [
        (json!({}), "all: a condition has no type"),
        (json!({"type": "nothing"}), "all: \"nothing\" is no condition"),
    ] {
        let all = json!({"all": [condition]});
        kit.refused("POST", "/v4/subscribers/filter", &all, 422, &json!([error]));
    }
}

#[test]
fn growth_is_counted_from_today() {
    let emulator = Emulator::start().unwrap();
    let kit = Kit::of(&emulator);
    let stats = |query: &str| kit.get(&format!("/v4/account/growth_stats{query}"))["stats"].clone();
    let today = stats("");
    let now = kit.get("/_kit/clock")["unix_seconds"].as_i64().unwrap();
    let before = Timestamp::from_unix_seconds(now - 10 * 24 * 60 * 60).unwrap().date();
    let other = stats(&format!("?ending={before}&starting="));
    assert_eq!(today["starting"], other["starting"], "whatever the end is");
}
