//! Every operation against Kit's documents: what is sent is what was asked for, and what is answered is read.

use std::collections::BTreeMap;

use http::{Request, Response, StatusCode};
use kit_core::{Auth, Credentials, Effect, Error, Kit, ReplyProblem};
use kit_tests::facts::{self, Field, Kind, Operation, Values, Variant};
use kit_tests::operations::{AnyOperation, Arguments, build, made_up};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn kit() -> Kit {
    Kit::new(Credentials::access_token("token"))
}

fn built(operation: &Operation, values: &mut Values) -> (Box<dyn AnyOperation>, Arguments) {
    let arguments = made_up(operation, values);
    let built = build(operation, &arguments);
    (built.unwrap_or_else(|e| panic!("{}: {e} of {arguments:?}", operation.name())), arguments)
}

/// Reads a request by code that shares nothing with the client.
fn read(operation: &Operation, request: &Request<Vec<u8>>) -> Arguments {
    assert_eq!(request.method(), operation.method);
    let value = |text: &str, like: Option<&Kind>| match (like, text) {
        (Some(Kind::Integer), _) => json!(text.parse::<u64>().expect("a number")),
        (Some(Kind::Boolean | Kind::Any), "true") => json!(true),
        (Some(Kind::Any | Kind::Number), _) if text.parse::<u64>().is_ok() => {
            json!(text.parse::<u64>().unwrap())
        }
        _ => json!(text),
    };
    let decoded = |text: &str| -> String {
        let bytes = text.as_bytes();
        let mut decoded = Vec::new();
        let mut index = 0;
        while index < bytes.len() {
            if bytes[index] == b'%' {
                decoded.push(
                    u8::from_str_radix(&text[index + 1..index + 3], 16).expect("two hex digits"),
                );
                index += 3;
            } else {
                decoded.push(bytes[index]);
                index += 1;
            }
        }
        String::from_utf8(decoded).expect("UTF-8")
    };
    let mut path = Map::new();
    let (given, template) = (request.uri().path().split('/'), operation.path.split('/'));
    assert_eq!(given.clone().count(), template.clone().count());
    for (given, template) in given.zip(template) {
        match template.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => {
                drop(path.insert(name.into(), value(&decoded(given), Some(&Kind::Integer))));
            }
            None => assert_eq!(given, template),
        }
    }
    let mut query = Map::new();
    for pair in request.uri().query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty())
    {
        let (name, text) = pair.split_once('=').expect("a value");
        let field = operation.query.iter().find(|field| field.name == name);
        let before =
            query.insert(name.into(), value(&decoded(text), field.map(|field| &field.shape.kind)));
        assert_eq!(before, None, "{name} twice");
    }
    let body = match request.body().as_slice() {
        [] => Value::Null,
        body => {
            assert_eq!(request.headers()["content-type"], "application/json");
            serde_json::from_slice(body).expect("JSON")
        }
    };
    Arguments { path, query, body }
}

/// An optional field may be left out instead of being null.
fn without_optional_null(operation: &Operation, mut arguments: Arguments) -> Arguments {
    if let (Value::Object(body), Some(fields)) = (&mut arguments.body, &operation.body) {
        let is_optional = |name: &str| fields.iter().any(|f| f.name == name && f.is_optional);
        let is_update = operation.method == "PUT" || operation.path.ends_with("/emails");
        body.retain(|name, value| is_update || !value.is_null() || !is_optional(name));
    }
    arguments
}

fn check_request(operation: &Operation, seed: u64, variant: Variant) {
    let (built, arguments) = built(operation, &mut Values::new(seed, variant));
    let request = built.request(&kit()).unwrap();
    let sent = without_optional_null(operation, read(operation, &request));
    let asked = without_optional_null(operation, arguments);
    assert_eq!(sent, asked, "{}", operation.name());
    // Beyond what was asked for there is nothing, and what has to be there is there.
    let fields = operation.body.as_deref().unwrap_or_default();
    let has_its_own_check = ["/v4/subscribers/filter", "/v4/broadcasts", "/v4/snippets"];
    if !fields.is_empty() && !has_its_own_check.iter().any(|path| operation.path.starts_with(path))
    {
        facts::check(fields, &sent.body).unwrap_or_else(|e| panic!("{}: {e}", operation.name()));
    }
}

#[test]
fn each_operation_is_sent_as_whom_and_as_often_as_documented() {
    for operation in facts::operations() {
        let (built, _) = built(operation, &mut Values::new(1, Variant::Full));
        // Method and template of the path are those of the document.
        assert_eq!(built.name(), operation.name());
        let is_oauth_only = built.auth() == Auth::OAuth;
        assert_eq!(is_oauth_only, operation.is_oauth_only, "{}", operation.name());
        match operation.method {
            "GET" => assert_eq!(built.effect(), Effect::Reads, "{}", operation.name()),
            "PUT" | "PATCH" | "DELETE" => {
                assert_eq!(built.effect(), Effect::Repeatable, "{}", operation.name());
            }
            _ => {}
        }
        if is_oauth_only {
            let error = built.request(&Kit::new(Credentials::api_key("kit_0123"))).unwrap_err();
            assert!(error.to_string().contains("access token"), "{error}");
        }
    }
    // Nobody may send these twice.
    let creates = facts::operations().iter().filter(|operation| {
        built(operation, &mut Values::new(1, Variant::Full)).0.effect() == Effect::Creates
    });
    let creates: Vec<_> = creates.map(Operation::name).collect();
    assert_eq!(
        creates,
        [
            "POST /v4/broadcasts",
            "POST /v4/purchases",
            "POST /v4/sequences",
            "POST /v4/sequences/{sequence_id}/emails",
            "POST /v4/snippets",
            "POST /v4/webhooks",
            "POST /v4/webhook_endpoints",
            "POST /v4/webhook_endpoints/{id}/rotate_secret",
        ]
    );
}

/// The replies whose fields are documented, by their status.
fn replies(operation: &Operation) -> impl Iterator<Item = (u16, &[Field])> {
    let replies = operation.replies.iter();
    replies.filter_map(|(status, fields)| Some((*status, fields.as_deref()?)))
}

fn answer(built: &dyn AnyOperation, status: u16, body: &Value) -> Result<Value, Error> {
    let response = Response::builder().status(status).body(body.to_string().into_bytes());
    built.read(&kit(), response.unwrap())
}

/// The part of a reply that is read: what is in the envelope, unless there are several things in it.
fn read_part(operation: &Operation, body: &Value) -> Value {
    let whole = ["GET /v4/account", "POST /v4/subscribers", "PUT /v4/subscribers/{id}"];
    let name = operation.name();
    if body.get("failures").is_some() || whole.contains(&&*name) {
        return body.clone();
    }
    if name == "GET /v4/broadcasts/{broadcast_id}/clicks" {
        return json!({"clicks": body["broadcast"]["clicks"], "pagination": body["pagination"]});
    }
    if body.get("pagination").is_some() {
        return body.clone();
    }
    body.as_object().and_then(|body| body.values().next()).cloned().unwrap_or_default()
}

fn check_reply(operation: &Operation, seed: u64, variant: Variant) {
    let (built, _) = built(operation, &mut Values::new(seed, Variant::Full));
    for (status, fields) in replies(operation) {
        let body = Values::new(seed, variant).object(fields);
        let read = answer(&*built, status, &body).unwrap_or_else(|e| panic!("{e}\n{body}"));
        let (read, answered) = (without_grown(read), without_grown(read_part(operation, &body)));
        assert_eq!(read, answered, "{} {status}", operation.name());
    }
}

/// The same with more fields and other texts: nothing that was known before is read differently.
fn check_grown_reply(operation: &Operation, seed: u64) {
    let (built, _) = built(operation, &mut Values::new(seed, Variant::Full));
    for (status, fields) in replies(operation) {
        let body = Values::new(seed, Variant::Some).grown().object(fields);
        let read = answer(&*built, status, &body).unwrap_or_else(|e| panic!("{e}\n{body}"));
        let known = read_part(operation, &facts::documented(fields, &body));
        assert_eq!(without_grown(read), without_grown(known), "{} {status}", operation.name());
    }
}

/// Without the fields that nobody has heard of: some values are kept whole.
fn without_grown(mut value: Value) -> Value {
    match &mut value {
        Value::Object(object) => {
            object.remove("grown_field");
            // No custom fields are read alike, whether Kit leaves them out or answers none.
            if object.get("fields") == Some(&json!({})) {
                object.remove("fields");
            }
            // An event is written with all its keys.
            if let Some(Value::Object(event)) = object.get_mut("event") {
                event.retain(|_, value| !value.is_null());
            }
            for value in object.values_mut() {
                *value = without_grown(value.take());
            }
        }
        Value::Array(items) => {
            for value in items {
                *value = without_grown(value.take());
            }
        }
        _ => {}
    }
    value
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn requests_carry_exactly_what_was_asked_for(seed: u64) {
        for operation in facts::operations() {
            for variant in [Variant::Minimal, Variant::Some, Variant::Full] {
                check_request(operation, seed, variant);
            }
        }
    }

    #[test]
    fn replies_are_read_and_written_again(seed: u64) {
        for operation in facts::operations() {
            for variant in [Variant::Minimal, Variant::Some, Variant::Full] {
                check_reply(operation, seed, variant);
            }
        }
    }

    #[test]
    fn a_reply_of_tomorrow_is_read(seed: u64) {
        for operation in facts::operations() {
            check_grown_reply(operation, seed);
        }
    }
}

/// The error names a field that has another type.
#[test]
fn a_field_of_another_type_is_named() {
    let mut named = BTreeMap::new();
    for operation in facts::operations() {
        let (built, _) = built(operation, &mut Values::new(7, Variant::Full));
        for (status, fields) in replies(operation) {
            let body = Values::new(7, Variant::Full).object(fields);
            for (path, wrong) in wrongs(fields, &body) {
                // A value of unknown shape is kept, whatever it is; a decimal is read from its text, too.
                match answer(&*built, status, &wrong) {
                    Ok(_) => panic!("{} {status}: {path} is read from {wrong}", operation.name()),
                    Err(Error::Reply(error)) => {
                        assert_eq!(error.problem(), ReplyProblem::WrongShape, "{error}");
                        let last = path.rsplit('.').next().unwrap();
                        assert!(error.detail().contains(last), "{path}: {error}");
                        *named.entry(operation.name()).or_insert(0) += 1;
                    }
                    Err(error) => panic!("{error}"),
                }
            }
        }
    }
    // All that have a reply are among them, but for one: nobody knows the shape of its failures.
    let with_reply =
        facts::operations().iter().filter(|operation| replies(operation).next().is_some());
    assert_eq!(named.len(), with_reply.count() - 1);
    assert!(named.values().sum::<usize>() > 700, "{named:?}");
}

/// The body, with one field after the other of another type.
fn wrongs(fields: &[Field], body: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for field in fields {
        let Some(value) = body.get(field.name) else { continue };
        // Read by nobody, or kept as it is.
        let is_kept = match &field.shape.kind {
            Kind::Any => true,
            Kind::List(item) => matches!(**item, Kind::Any) && field.name == "failures",
            _ => false,
        };
        if is_kept || (field.name == "id" && body.get("clicks").is_some()) {
            continue;
        }
        let mut wrong = body.clone();
        wrong[field.name] = json!({"wrong": true});
        if matches!(field.shape.kind, Kind::Object(_) | Kind::OneOf(_)) {
            wrong[field.name] = json!("wrong");
        }
        found.push((field.name.to_owned(), wrong));
        let inside: Vec<(String, Value)> = match (&field.shape.kind, value) {
            (Kind::Object(fields), value) if !["fields", "event"].contains(&field.name) => {
                wrongs(fields, value)
            }
            // A failure is read, whatever it repeats.
            (Kind::List(_), _) if field.name == "failures" => Vec::new(),
            (Kind::List(item), Value::Array(items)) => match (&**item, items.first()) {
                (Kind::Object(fields), Some(item)) => {
                    let inside = wrongs(fields, item).into_iter();
                    inside.map(|(path, item)| (path, json!([item]))).collect()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        for (path, value) in inside {
            let mut wrong = body.clone();
            wrong[field.name] = value;
            found.push((format!("{}.{path}", field.name), wrong));
        }
    }
    found
}

/// Input that is empty where something is needed, or out of range, is refused by name before anything is sent.
#[test]
fn bad_input_is_named() {
    let refused = |name: &str, argument: &str, value: Value| {
        let (method, path) = name.split_once(' ').unwrap();
        let operation = facts::operation(method, path);
        let mut arguments = made_up(operation, &mut Values::new(3, Variant::Full));
        match arguments.body.get(argument) {
            Some(_) => arguments.body[argument] = value,
            None => drop(arguments.query.insert(argument.into(), value)),
        }
        let error = match build(operation, &arguments) {
            Ok(built) => built.request(&kit()).unwrap_err(),
            Err(error) => error,
        };
        let Error::Input { field, .. } = error else { panic!("{error}") };
        field
    };
    for (name, argument) in [
        ("POST /v4/tags", "name"),
        ("PUT /v4/tags/{id}", "name"),
        ("POST /v4/custom_fields", "label"),
        ("POST /v4/subscribers", "email_address"),
        ("POST /v4/snippets", "name"),
        ("POST /v4/sequences", "name"),
        ("PUT /v4/sequences/{id}", "name"),
        ("POST /v4/sequences/{sequence_id}/emails", "subject"),
        ("POST /v4/forms/{form_id}/subscribers", "email_address"),
        ("DELETE /v4/tags/{tag_id}/subscribers", "email_address"),
    ] {
        assert_eq!(refused(name, argument, json!(" ")), argument, "{name}");
    }
    assert_eq!(refused("POST /v4/sequences", "send_hour", json!(24)), "send_hour");
    assert_eq!(refused("GET /v4/tags", "per_page", json!(1001)), "per_page");
    assert_eq!(refused("PUT /v4/account/colors", "colors", json!(["blue"])), "colors");
    assert_eq!(refused("PUT /v4/account/colors", "colors", json!(vec!["#fff"; 11])), "colors");
    assert_eq!(refused("POST /v4/bulk/tags", "tags", json!([])), "tags");
    assert_eq!(refused("POST /v4/bulk/tags", "callback_url", json!("nowhere")), "callback_url");
    let many: Map<String, Value> =
        (0..141).map(|number| (format!("key_{number}"), json!("x"))).collect();
    assert_eq!(refused("POST /v4/subscribers", "fields", many.clone().into()), "fields");
    assert_eq!(refused("PUT /v4/subscribers/{id}", "fields", many.into()), "fields");
    assert_eq!(
        refused("POST /v4/subscribers/filter", "sort_field", json!("location__distance")),
        "sort_field"
    );
    assert_eq!(
        refused("GET /v4/account/growth_stats", "starting", json!("2024-01-01")),
        "starting"
    );
    let place = |latitude: f64| {
        json!({"city": "x", "state_province": "x", "country_code": "US",
        "latitude": latitude, "longitude": 0.0, "timezone": "x"})
    };
    let pin = "PATCH /v4/subscribers/{subscriber_id}/location";
    assert_eq!(refused(pin, "location", place(90.5)), "latitude");
    let mut nowhere = place(1.0);
    nowhere["country_code"] = json!("");
    assert_eq!(refused(pin, "location", nowhere), "country_code");
}

/// Input that Kit might take for everybody, or for nobody, is refused before it is sent.
#[test]
fn nobody_is_everybody_by_mistake() {
    use kit_core::broadcasts::{CreateBroadcast, RecipientGroup, Recipients, UpdateBroadcast};
    use kit_core::purchases::{Amounts, CreatePurchase, NewProduct};
    use kit_core::sequences::{CreateSequenceEmail, Delay, Weekday};
    use kit_core::subscribers::{
        Condition, FilterSubscribers, ListSubscribers, SubscriberExtra, SubscriberSortField,
    };
    use kit_core::{Endpoint, Timestamp};
    fn refused<E: Endpoint>(operation: &E) -> &'static str {
        match kit().request(operation).unwrap_err() {
            Error::Input { field, .. } => field,
            error => panic!("{error}"),
        }
    }
    let time = Timestamp::UNIX_EPOCH;
    for recipients in [
        Recipients::InAny(Vec::new()),
        Recipients::InNone(Vec::new()),
        Recipients::InAll(vec![RecipientGroup::Tags(Vec::new())]),
        Recipients::InAll(vec![RecipientGroup::Segments(Vec::new())]),
    ] {
        let create = CreateBroadcast::new("a", "b", time).to(recipients.clone());
        assert_eq!(refused(&create), "subscriber_filter");
        let update = UpdateBroadcast::partial(1.into()).to(recipients);
        assert_eq!(refused(&update), "subscriber_filter");
    }
    // A draft may be without; what is to be sent may not.
    assert!(kit().request(&CreateBroadcast::new("", "", time)).is_ok());
    assert_eq!(refused(&CreateBroadcast::new("", "b", time).with_send_at(time)), "subject");
    assert_eq!(refused(&CreateBroadcast::new("a", " ", time).with_send_at(time)), "content");
    for addresses in [vec![], vec![" "], vec!["a@b.c", ""], vec!["a@b.c,d@e.f"]] {
        assert_eq!(
            refused(&ListSubscribers::new().with_email_addresses(addresses)),
            "email_address"
        );
    }
    let list = ListSubscribers::new();
    for field in ["cancelled_at", "canceled_at"] {
        assert_eq!(refused(&list.clone().with_sort_field(field.into())), "sort_field");
    }
    for field in [
        SubscriberSortField::Sent,
        SubscriberSortField::Opens,
        SubscriberSortField::Clicks,
        SubscriberSortField::OpenRate,
        SubscriberSortField::ClickRate,
    ] {
        let sorted = list.clone().with_sort_field(field);
        assert!(kit().request(&sorted).is_ok());
        assert_eq!(refused(&sorted.with_email_addresses(["a@b.c"])), "sort_field");
    }
    assert_eq!(refused(&list.including([SubscriberExtra::CanceledAt])), "include");
    for all in [
        vec![],
        vec![Condition::states([])],
        vec![Condition::tags([])],
        vec![Condition::came_by_forms([])],
    ] {
        assert_eq!(refused(&FilterSubscribers::new(all)), "all");
    }
    let everybody = kit().request(&FilterSubscribers::everybody()).unwrap();
    assert_eq!(everybody.body(), br#"{"all":[]}"#);
    let email = |delay| CreateSequenceEmail::new(1.into(), "a", delay).unwrap();
    assert!(kit().request(&email(Delay::Hours(1)).with_send_days([Weekday::Monday])).is_ok());
    assert_eq!(refused(&email(Delay::Hours(0))), "delay_value");
    assert_eq!(refused(&email(Delay::Days(0)).with_position(1)), "delay_value");
    let update = || UpdateBroadcast::partial(1.into()).scheduled_at(time);
    assert!(kit().request(&update()).is_ok());
    assert_eq!(refused(&update().with_subject(" ")), "subject");
    assert_eq!(refused(&update().with_content("")), "content");
    let product = || NewProduct::new("a", "b", "1", 5.into());
    let buy = |currency: &str, products: Vec<NewProduct>| {
        CreatePurchase::new("a@b.c", "t", currency, time, Amounts::default(), products).unwrap_err()
    };
    assert!(buy("euro", vec![product()]).to_string().starts_with("currency: "));
    assert!(buy("EUR", vec![]).to_string().starts_with("products: "));
    assert!(buy("EUR", vec![product(), product()]).to_string().starts_with("products.lid: "));
}

/// A URL with secrets, as it is shown.
const SHOWN: &str = "https://\u{2026}@example.com/\u{2026}";

/// A URL of the program's own can hold secrets, before and behind its host: Kit does not sign all that it posts.
fn with_secret_url(mut value: Value, is_of_webhooks: bool) -> (Value, usize) {
    let mut count = 0;
    match &mut value {
        Value::Object(fields) => {
            for (key, field) in fields {
                let is_own = matches!(key.as_str(), "target_url" | "callback_url")
                    || key == "url" && is_of_webhooks;
                if is_own && !field.is_null() {
                    *field = "https://5ecret:5ecret@example.com/5ecret?5ecret#5ecret".into();
                    count += 1;
                } else {
                    let (changed, more) = with_secret_url(field.take(), is_of_webhooks);
                    (*field, count) = (changed, count + more);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                let (changed, more) = with_secret_url(item.take(), is_of_webhooks);
                (*item, count) = (changed, count + more);
            }
        }
        _ => {}
    }
    (value, count)
}

/// Every operation and every reply with such a URL.
#[test]
fn values_with_a_url_of_the_program_show_its_host_alone() {
    let (mut of_operations, mut of_replies) = (0, 0);
    for operation in facts::operations() {
        let name = operation.name();
        let is_of_webhooks = operation.path.starts_with("/v4/webhook");
        let mut arguments = made_up(operation, &mut Values::new(7, Variant::Full));
        let (body, count) = with_secret_url(arguments.body, is_of_webhooks);
        arguments.body = body;
        let built = build(operation, &arguments).unwrap_or_else(|error| panic!("{name}: {error}"));
        let shown = built.shown();
        assert!(!shown.contains("5ecret"), "{name}: {shown}");
        assert_eq!(shown.contains(SHOWN), count > 0, "{name}: {shown}");
        of_operations += count;
        for (status, fields) in replies(operation) {
            let body = Values::new(7, Variant::Full).object(fields);
            let (body, count) = with_secret_url(body, is_of_webhooks);
            let response = Response::builder().status(status).body(body.to_string().into_bytes());
            let shown = built.read_shown(&kit(), response.unwrap()).unwrap();
            assert!(!shown.contains("5ecret"), "{name} {status}: {shown}");
            assert_eq!(shown.contains(SHOWN), count > 0, "{name}: {shown}");
            of_replies += count;
        }
    }
    assert!(of_operations >= 10 && of_replies >= 6, "{of_operations} {of_replies}");
}

/// Things that were there, are new or follow later are told apart by the status alone.
#[test]
fn an_upsert_says_what_it_did() {
    use kit_core::tags::CreateTag;
    use kit_core::wire::UpsertOutcome;
    let create = CreateTag::new("VIP").unwrap();
    let body = r#"{"tag": {"id": 4, "name": "VIP", "created_at": "2023-01-27T11:43:55Z"}}"#;
    for (status, outcome) in [
        (StatusCode::OK, UpsertOutcome::Existing),
        (StatusCode::CREATED, UpsertOutcome::Created),
        (StatusCode::ACCEPTED, UpsertOutcome::Accepted),
    ] {
        let response = Response::builder().status(status).body(body).unwrap();
        let upsert = kit().response(&create, response).unwrap();
        assert_eq!((upsert.outcome, upsert.value.id), (outcome, 4.into()));
    }
}
