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

/// What an id may come as, and the id that it is, if it is one.
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

/// What the five parameters may be that an event does not require.
fn others() -> [Value; 4] {
    [Value::Null, json!(7), json!("7"), json!({"absurd": [1, -2.5, null]})]
}

/// What reading must give: the parameter's value as a request has it, for a typed event.
fn expected(required: Option<&str>, event: &Map<String, Value>) -> Option<(String, Value)> {
    let Some(key) = required else { return Some((String::new(), Value::Null)) };
    let given = event.get(key)?;
    if key == "initiator_value" {
        return given.is_string().then(|| (key.to_owned(), given.clone()));
    }
    let (_, id) = ids().into_iter().find(|(value, _)| value == given)?;
    id.map(|id| (key.to_owned(), id.into()))
}

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

/// 15 names, full and short × every subset of the six parameters × every kind of value.
#[test]
fn every_event_with_every_subset_of_parameters_is_read() {
    let mut count = 0;
    for (full, required) in DOCUMENTED {
        let unrequired: Vec<_> = PARAMETERS.into_iter().filter(|p| Some(*p) != required).collect();
        for name in [full, short(full)] {
            for (subset, value) in
                (0..1_u32 << unrequired.len()).flat_map(|s| others().map(|value| (s, value)))
            {
                let beside: Map<_, _> = (unrequired.iter().enumerate())
                    .filter(|(index, _)| subset & (1 << index) != 0)
                    .map(|(_, key)| ((*key).to_owned(), value.clone()))
                    .collect();
                check_law(name, full, required, beside.clone());
                count += 1;
                let Some(required_key) = required else { continue };
                for (given, _) in ids() {
                    let mut parameters = beside.clone();
                    parameters.insert(required_key.to_owned(), given);
                    check_law(name, full, required, parameters);
                    count += 1;
                }
            }
        }
    }
    // 7 events without a parameter, 8 with one that is absent or of one of the kinds.
    assert_eq!(count, 7 * 2 * 64 * 4 + 8 * 2 * 32 * 4 * (1 + ids().len()));
}

#[test]
fn the_names_are_the_documented_ones() {
    assert_eq!(Event::NAMES, DOCUMENTED.map(|(name, _)| name));
    let names = events::all(44, "https://example.com/").map(|event| event.name().to_owned());
    assert_eq!(names.to_vec(), DOCUMENTED.map(|(name, _)| name));
}

proptest! {
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
        prop_assert_eq!((webhook.id, webhook.account_id), (id.into(), account_id.into()));
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
            // What cannot be sent: a link that is none, or no name.
            let unusable = match &event {
                Event::LinkClick { initiator_value } => !is_a_link(initiator_value),
                event => event.name().is_empty(),
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
        prop_assert_eq!(read(&body["event"]), event);
    }
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
