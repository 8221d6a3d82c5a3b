//! Events through JSON and back, and requests against the operation's schema.

use kit_core::webhooks::{CreateWebhook, Event};
use kit_core::{Credentials, Kit};
use kit_tests::events::{self, DOCUMENTED, PARAMETERS, short};
use kit_tests::schema;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn read(json: &Value) -> Event {
    // From text, as replies come, and not from a tree: numbers are then as they were written.
    serde_json::from_str(&json.to_string()).unwrap_or_else(|error| panic!("{error}: {json}"))
}

fn write(event: &Event) -> Value {
    serde_json::to_value(event).unwrap()
}

/// The values that an id may come as, and the id that each is, if it is one.
fn ids() -> Vec<(Value, Option<u64>)> {
    vec![
        (Value::Null, None),
        (json!(0), Some(0)),
        (json!(44), Some(44)),
        (json!(u64::MAX), Some(u64::MAX)),
        (json!("44"), Some(44)),
        (json!("18446744073709551615"), Some(u64::MAX)),
        (json!("18446744073709551616"), None),
        (json!(-1), None),
        (json!(4.4), None),
        (json!(1e300), None),
        (json!("044"), None),
        (json!("+44"), None),
        (json!(" 44"), None),
        (json!(""), None),
        (json!("https://example.com/"), None),
        (json!(true), None),
        (json!([44]), None),
        (json!({"id": 44}), None),
    ]
}

/// The parameter that an event requires, with the value that a request has it with, if what is given is of
/// the right type: worked out here once more, from the documentation.
fn expected(required: Option<&str>, given: &Map<String, Value>) -> Option<(String, Value)> {
    let Some(key) = required else { return Some((String::new(), Value::Null)) };
    let value = given.get(key).filter(|value| !value.is_null());
    // An older client of Kit's says `course_id`.
    let value = value.or_else(|| given.get("course_id").filter(|_| key == "sequence_id"))?;
    let typed = match value {
        Value::String(text) if key == "initiator_value" => text.as_str().into(),
        _ if key == "initiator_value" => return None,
        Value::String(text) => {
            text.parse::<u64>().ok().filter(|id| &id.to_string() == text)?.into()
        }
        Value::Number(number) => number.as_u64()?.into(),
        _ => return None,
    };
    Some((key.to_owned(), typed))
}

/// Reading gives the typed event exactly when its parameter is there with the right type, and otherwise the
/// event as it came; writing gives what reads as the same.
fn check_law(name: &str, full: &str, required: Option<&str>, parameters: Map<String, Value>) {
    let mut json = parameters;
    let expected = expected(required, &json);
    json.insert("name".to_owned(), name.into());
    let json = Value::Object(json);
    let event = read(&json);
    let written = write(&event);

    if let Some((key, value)) = expected {
        assert!(!matches!(event, Event::Other(_)), "{json} is not typed");
        assert_eq!((event.name(), event.short_name()), (full, short(full)), "{json}");
        assert_eq!(written["name"], full, "{json}");
        for parameter in PARAMETERS {
            let expected = if parameter == key { &value } else { &Value::Null };
            assert_eq!(&written[parameter], expected, "{parameter} of {json}");
        }
    } else {
        let Event::Other(other) = &event else { panic!("{json} is {event:?}") };
        assert_eq!((event.name(), other.name()), (name, name), "{json}");
        // Nothing is lost, and what was not there is null.
        for parameter in PARAMETERS {
            let given = json.get(parameter).unwrap_or(&Value::Null);
            assert_eq!(&written[parameter], given, "{parameter} of {json}");
        }
    }
    assert_eq!(read(&written), event, "{json}");
    schema::check_event(&event, &written).unwrap();
}

/// The parameter that an event requires, as everything that an id may come as.
#[test]
fn only_an_id_is_read_as_one() {
    for (full, required) in DOCUMENTED {
        let Some(key) = required else { continue };
        for (value, id) in ids() {
            let parameters = Map::from_iter([(key.to_owned(), value.clone())]);
            if key != "initiator_value" {
                let expected = expected(required, &parameters).map(|(_, value)| value);
                assert_eq!(expected, id.map(Value::from), "{value}");
            }
            check_law(full, full, required, parameters.clone());
            check_law(short(full), full, required, parameters);
        }
    }
}

#[test]
fn the_names_are_the_documented_ones() {
    assert_eq!(Event::NAMES, DOCUMENTED.map(|(name, _)| name));
    let names = events::all(44, "https://example.com/").map(|event| event.name().to_owned());
    assert_eq!(names.to_vec(), DOCUMENTED.map(|(name, _)| name));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_documented_event_comes_back(event in events::documented()) {
        let mut written = write(&event);
        prop_assert_eq!(&read(&written), &event);
        written["name"] = event.short_name().into();
        prop_assert_eq!(&read(&written), &event);
        // As a reply has it: the short name, and only the parameter that applies.
        let reply: Map<_, _> = (written.as_object().unwrap().iter())
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        prop_assert_eq!(read(&Value::Object(reply)), event);
    }

    #[test]
    fn any_event_comes_back_and_satisfies_the_schema(json in events::event_json()) {
        let event = read(&json);
        let written = write(&event);
        prop_assert_eq!(&read(&written), &event);
        schema::check_event(&event, &written).map_err(TestCaseError::fail)?;
        let name = json["name"].as_str().unwrap();
        let documented = DOCUMENTED.into_iter().find(|(full, _)| [full, short(full)].contains(&name));
        let is_typed = documented
            .is_some_and(|(_, required)| expected(required, json.as_object().unwrap()).is_some());
        prop_assert_eq!(!matches!(event, Event::Other(_)), is_typed, "{}", json);
        if let Event::Other(other) = &event {
            prop_assert_eq!(other.name(), json["name"].as_str().unwrap());
            for (key, value) in json.as_object().unwrap() {
                if !value.is_null() {
                    prop_assert_eq!(&written[key], value, "{}", key);
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(
        status in 100..=999_u16,
        body in prop_oneof![
            any::<Vec<u8>>(),
            any::<String>().prop_map(String::into_bytes),
            events::json().prop_map(|json| json.to_string().into_bytes()),
            reply(events::json()).prop_map(|json| json.to_string().into_bytes()),
        ],
        headers in prop::collection::vec(header(), 0..4),
    ) {
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(name, value);
        }
        let kit = Kit::new(Credentials::api_key("kit_0123"));
        let create = CreateWebhook::new("https://example.com/", Event::PurchaseCreate).unwrap();
        if let Err(error) = kit.response(&create, response.body(body).unwrap()) {
            prop_assert!(error.to_string().starts_with("POST /v4/webhooks: "));
            prop_assert!(!error.to_string().contains('\n'), "{}", error);
        }
    }

    /// No reply that is JSON and has the required fields fails to parse because Kit grew.
    #[test]
    fn a_reply_with_the_required_fields_is_read(
        event in events::event_json(),
        (id, account_id) in any::<(u64, u64)>(),
        as_text in any::<bool>(),
        grown in prop::collection::hash_map("new_[a-z]{1,5}", events::json(), 0..4),
    ) {
        let id_as = |id: u64| if as_text { json!(id.to_string()) } else { json!(id) };
        let mut webhook: Map<_, _> = grown.clone().into_iter().collect();
        webhook.insert("id".into(), id_as(id));
        webhook.insert("account_id".into(), id_as(account_id));
        webhook.insert("event".into(), event.clone());
        webhook.insert("target_url".into(), "https://example.com/".into());
        let mut body: Map<_, _> = grown.into_iter().collect();
        body.insert("webhook".into(), webhook.into());

        let kit = Kit::new(Credentials::api_key("kit_0123"));
        let create = CreateWebhook::new("https://example.com/", Event::PurchaseCreate).unwrap();
        let response = http::Response::builder().status(201);
        let webhook =
            kit.response(&create, response.body(Value::Object(body).to_string()).unwrap()).unwrap();
        prop_assert_eq!((webhook.id, webhook.account_id), (id.into(), Some(account_id.into())));
        prop_assert_eq!(webhook.event, read(&event));
    }

    #[test]
    fn every_request_is_as_specified(
        event in prop_oneof![
            events::documented(),
            events::event_json().prop_map(|json| read(&json)),
        ],
        secret in "[!-~]{1,40}",
        is_token in any::<bool>(),
    ) {
        let Ok(create) = CreateWebhook::new("https://example.com/kit", event.clone()) else {
            // Events that cannot be sent: a link that is none, no name, and a documented one without its parameter.
            let unusable = match &event {
                Event::LinkClick { initiator_value } => !is_a_link(initiator_value),
                event => event.name().is_empty() || is_documented(event.name()),
            };
            prop_assert!(unusable, "{:?}", event);
            return Ok(());
        };
        let credentials = if is_token {
            Credentials::access_token(secret.as_str())
        } else {
            Credentials::api_key(secret.as_str())
        };
        let request = Kit::new(credentials).request(&create).unwrap();
        prop_assert_eq!(request.method(), "POST");
        prop_assert_eq!(request.uri(), "https://api.kit.com/v4/webhooks");

        let header = |name| request.headers().get_all(name).into_iter().collect::<Vec<_>>();
        prop_assert_eq!(header("accept"), ["application/json"]);
        prop_assert_eq!(header("content-type"), ["application/json"]);
        prop_assert_eq!(header("user-agent").len(), 1);
        let (key, token) = (header("x-kit-api-key"), header("authorization"));
        prop_assert_eq!(key.len() + token.len(), 1, "exactly one credential");
        let (credential, expected) = if is_token {
            (token[0], format!("Bearer {secret}"))
        } else {
            (key[0], secret)
        };
        prop_assert!(credential == expected.as_str() && credential.is_sensitive());

        let body: Value = serde_json::from_slice(request.body()).unwrap();
        schema::check_body(&body).map_err(TestCaseError::fail)?;
        schema::check_event(&event, &body["event"]).map_err(TestCaseError::fail)?;
        prop_assert!(!(matches!(event, Event::Other(_)) && is_documented(event.name())), "{:?}", event);
        prop_assert_eq!(read(&body["event"]), event);
    }
}

fn is_documented(name: &str) -> bool {
    DOCUMENTED.into_iter().any(|(full, _)| [full, short(full)].contains(&name))
}

/// A link as `events::documented` makes them: any other text may be refused.
fn is_a_link(text: &str) -> bool {
    let host = text.strip_prefix("https://").or(text.strip_prefix("http://"));
    host.is_some_and(|host| host.split_once(".example").is_some_and(|(name, _)| !name.is_empty()))
}

/// A body in the shape of the reply, with anything for values.
fn reply(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    proptest::collection::vec(value, 4).prop_map(|values| {
        let keys = ["id", "account_id", "event", "target_url"];
        let webhook: Map<_, _> = keys.map(str::to_owned).into_iter().zip(values).collect();
        json!({"webhook": webhook})
    })
}

fn header() -> impl Strategy<Value = (&'static str, http::HeaderValue)> {
    let names = ["retry-after", "x-request-id", "content-type", "content-encoding"];
    let value = prop_oneof![
        any::<Vec<u8>>().prop_filter_map("not a header", |bytes| {
            http::HeaderValue::from_bytes(&bytes).ok()
        }),
        "[0-9]{1,25}".prop_map(|digits| digits.parse().unwrap()),
        "(identity|gzip)".prop_map(|encoding| encoding.parse().unwrap()),
    ];
    (prop::sample::select(names.to_vec()), value)
}
