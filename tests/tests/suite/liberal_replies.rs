//! Every field of every reply and of every delivery, as Kit does not document it: null, missing, a number in place of a text, and a text in
//! place of a number. Nothing but the identity of a thing keeps a reply from being read.

use http::Response;
use kit_core::deliveries::{Delivery, EventData, LegacyDelivery};
use kit_core::{Credentials, Date, Error, Kit, Timestamp};
use kit_tests::facts::{self, Field, Kind, Values, Variant};
use kit_tests::operations::{AnyOperation, build, made_up};
use serde_json::{Value, json};

/// A field of a reply by its path: names, and `[]` for the items of a list.
#[derive(Debug)]
struct Place<'a> {
    path: Vec<&'static str>,
    kind: &'a Kind,
}

impl Place<'_> {
    fn name(&self) -> String {
        self.path.join(".")
    }

    /// The values at the path: one for each item of the lists on the way.
    fn change(&self, body: &Value, change: &dyn Fn(&mut Value, &str)) -> Value {
        fn go(value: &mut Value, path: &[&str], change: &dyn Fn(&mut Value, &str)) {
            match (path, value) {
                (["[]", rest @ ..], Value::Array(items)) => {
                    for item in items {
                        go(item, rest, change);
                    }
                }
                ([last], object @ Value::Object(_)) => change(object, last),
                ([name, rest @ ..], Value::Object(object)) => {
                    if let Some(value) = object.get_mut(*name) {
                        go(value, rest, change);
                    }
                }
                _ => {}
            }
        }
        let mut body = body.clone();
        go(&mut body, &self.path, change);
        body
    }
}

fn places<'a>(fields: &'a [Field], before: &[&'static str], found: &mut Vec<Place<'a>>) {
    for field in fields {
        let mut path = before.to_vec();
        path.push(field.name);
        found.push(Place { path: path.clone(), kind: &field.shape.kind });
        // The keys inside are those of an account.
        if field.name == "fields" {
            continue;
        }
        let mut kind = &field.shape.kind;
        while let Kind::List(item) = kind {
            path.push("[]");
            kind = item;
        }
        match kind {
            Kind::Object(fields) => places(fields, &path, found),
            Kind::OneOf(alternatives) => {
                for fields in alternatives {
                    places(fields, &path, found);
                }
            }
            _ => {}
        }
    }
}

/// A thing without its own id, a reply without its envelope, and an endpoint without the secret that it is read for
/// are no such things.
fn is_identity(place: &Place<'_>) -> bool {
    place.path.len() == 1
        || place.path.last() == Some(&"id")
        || place.path.last() == Some(&"secret")
}

fn read(built: &dyn AnyOperation, status: u16, body: &Value) -> Result<Value, Error> {
    let kit = Kit::new(Credentials::access_token("token"));
    let response = Response::builder().status(status).body(body.to_string().into_bytes());
    built.read(&kit, response.unwrap())
}

/// Calls `check` with each place of each documented reply, with all that may be there.
fn each_place(mut check: impl FnMut(&str, &dyn AnyOperation, u16, &Value, &Place<'_>)) {
    for operation in facts::operations() {
        let arguments = made_up(operation, &mut Values::new(5, Variant::Full));
        let built = build(operation, &arguments).unwrap();
        for (status, fields) in &operation.replies {
            let Some(fields) = fields else { continue };
            let body = Values::new(5, Variant::Full).object(fields);
            let mut found = Vec::new();
            places(fields, &[], &mut found);
            for place in found {
                check(&operation.name(), &*built, *status, &body, &place);
            }
        }
    }
}

#[test]
fn a_field_that_is_null_or_missing_loses_no_reply() {
    let mut fields = 0;
    each_place(|name, built, status, body, place| {
        let null = place.change(body, &|object, last| object[last] = Value::Null);
        let missing = place.change(body, &|object, last| {
            object.as_object_mut().unwrap().remove(last);
        });
        for changed in [&null, &missing] {
            if !is_identity(place) {
                fields += 1;
                if let Err(error) = read(built, status, changed) {
                    panic!("{name} {status}: {}: {error}\n{changed}", place.name());
                }
            }
        }
        // A list that is null is one with nothing in it.
        if place.path.len() == 1 && matches!(place.kind, Kind::List(_)) {
            read(built, status, &null).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    });
    assert!(fields > 1500, "{fields}");
}

/// Without its id, nobody knows which thing it is.
#[test]
fn a_thing_without_its_id_is_an_error() {
    let mut ids = 0;
    each_place(|name, built, status, body, place| {
        let is_outermost = place.path.iter().filter(|name| **name != "[]").count() == 2;
        // Failures may repeat anything, and of the broadcast its clicks are read alone.
        let is_read = is_outermost && place.path[0] != "user" && !name.ends_with("/clicks");
        if place.path.last() == Some(&"id") && is_read {
            let null = place.change(body, &|object, last| object[last] = Value::Null);
            assert!(read(built, status, &null).is_err(), "{name} {status}: {null}");
            ids += 1;
        }
    });
    assert!(ids > 50, "{ids}");
}

/// The details of errors are looked up in the reply by people: a name leads them there.
#[test]
fn an_error_names_the_field_that_it_is_about() {
    let mut named = 0;
    each_place(|name, built, status, body, place| {
        let changed = place.change(body, &|object, last| object[last] = json!({"odd": [[]]}));
        let Err(error) = read(built, status, &changed) else { return };
        let Error::Reply(error) = error else { panic!("{name} {status}: {error}") };
        let path = place.path.join(".").replace(".[]", "[0]");
        let rest = error.detail().strip_prefix(&path);
        assert!(
            rest.is_some_and(|rest| rest.starts_with([':', '.', '['])),
            "{name} {status}: {path}: {error}"
        );
        named += 1;
    });
    assert!(named > 1000, "{named}");
}

/// Whether a text stands for something that no number can be.
fn is_time(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.parse::<Timestamp>().is_ok() || text.parse::<Date>().is_ok() || text.starts_with('#')
}

#[test]
fn numbers_and_texts_stand_for_each_other() {
    let (mut numbers, mut texts) = (0, 0);
    each_place(|name, built, status, body, place| {
        let changed = match place.kind {
            Kind::Text(_) => place.change(body, &|object, last| {
                if !is_time(&object[last]) {
                    object[last] = json!(31);
                }
            }),
            Kind::Integer => place.change(body, &|object, last| {
                object[last] = object[last].to_string().into();
            }),
            Kind::Number => place.change(body, &|object, last| {
                object[last] = object[last].to_string().into();
            }),
            _ => return,
        };
        // The parameters of an event that this version does not know are kept as they are.
        let is_kept = place.path.contains(&"event") || name.ends_with("/filter");
        let count = if matches!(place.kind, Kind::Text(_)) { &mut numbers } else { &mut texts };
        *count += usize::from(changed != *body);
        match read(built, status, &changed) {
            Ok(read_again) => {
                let whole = read(built, status, body).unwrap();
                let is_text = matches!(place.kind, Kind::Text(_));
                // A number that came as text is the same number; a text that came as a number is its digits.
                assert!(is_text || is_kept || read_again == whole, "{name} {}", place.name());
            }
            Err(error) => panic!("{name} {status}: {}: {error}\n{changed}", place.name()),
        }
    });
    assert!(numbers > 250 && texts > 250, "{numbers} {texts}");
}

/// The data of each type of event, as Kit documents them.
fn event_data() -> Vec<(&'static str, Value)> {
    let time = "2023-01-27T11:43:55Z";
    let subscriber = json!({"id": 1, "first_name": "Ann", "email_address": "a@b.c", "state": "active",
        "created_at": time, "fields": {"company": "X"}});
    let form = json!({"id": 2, "name": "F", "created_at": time, "type": "embed", "format": "inline",
        "archived": false, "uid": "0123456789"});
    let sequence = json!({"id": 3, "name": "S", "hold": false, "repeat": false, "created_at": time,
        "updated_at": time, "email_template_id": 1, "active": true});
    let tag = json!({"id": 4, "name": "T", "created_at": time});
    let field = json!({"id": 5, "name": "N", "key": "k", "label": "L", "value": "V"});
    let broadcast = json!({"id": 6, "publication_id": 7, "created_at": time, "subject": "S",
        "preview_text": "P", "description": "D", "public": true, "published_at": time, "send_at": time,
        "status": "completed"});
    let post = json!({"id": 8, "publication_id": 7, "title": "T", "slug": "t", "published_at": time,
        "is_paid": false, "public_url": "https://example.com/t"});
    let with = |name: &str, value: &Value| json!({"subscriber": subscriber, name: value});
    let alone = json!({"subscriber": subscriber});
    let mut data = vec![
        ("subscriber.subscribed_to_form", with("form", &form)),
        ("subscriber.added_to_sequence", with("sequence", &sequence)),
        ("subscriber.sequence_completed", with("sequence", &sequence)),
        ("subscriber.tag_added", with("tag", &tag)),
        ("subscriber.tag_removed", with("tag", &tag)),
        ("subscriber.custom_field_value_updated", with("custom_field", &field)),
        ("post.published", json!({"post": post})),
    ];
    for name in ["created", "activated", "unsubscribed", "bounced", "complained"] {
        data.push((Box::leak(format!("subscriber.{name}").into_boxed_str()), alone.clone()));
    }
    for (kind, value, names) in [
        ("tag", &tag, &["created", "deleted"][..]),
        ("custom_field", &field, &["created", "deleted"]),
        ("sequence", &sequence, &["created", "deleted", "published", "disabled"]),
        ("broadcast", &broadcast, &["created", "sent", "deleted"]),
    ] {
        for name in names {
            let name = Box::leak(format!("{kind}.{name}").into_boxed_str());
            data.push((name, json!({kind: value})));
        }
    }
    data
}

/// The value with one field after the other null and missing, but for ids.
fn without_each(value: &Value) -> Vec<Value> {
    let Value::Object(object) = value else { return Vec::new() };
    let mut all = Vec::new();
    for (name, inside) in object {
        if name != "id" {
            let mut changed = object.clone();
            changed[name] = Value::Null;
            all.push(changed.clone().into());
            changed.remove(name);
            all.push(changed.into());
        }
        for inside in without_each(inside) {
            let mut changed = object.clone();
            changed[name] = inside;
            all.push(changed.into());
        }
    }
    all
}

#[test]
fn an_event_with_a_null_or_missing_field_keeps_its_type() {
    let data = event_data();
    assert_eq!(data.len(), 23);
    let mut checked = 0;
    for (event_type, data) in data {
        let read = |data: &Value| {
            let event = json!({"id": "e1", "type": event_type, "created": "2023-01-27T11:43:55Z", "data": data});
            let body = json!({"delivery_id": 9, "events": [event]}).to_string();
            let mut delivery = Delivery::read(body.as_bytes()).unwrap();
            assert!(delivery.unreadable.is_empty());
            delivery.events.remove(0).data
        };
        assert!(!matches!(read(&data), EventData::Other(_)), "{event_type}");
        for (name, value) in data.as_object().unwrap() {
            for changed in without_each(value) {
                let mut changed_data = data.clone();
                changed_data[name] = changed;
                let event = read(&changed_data);
                assert!(!matches!(event, EventData::Other(_)), "{event_type}: {changed_data}");
                checked += 1;
            }
        }
    }
    assert!(checked > 300, "{checked}");
}

#[test]
fn a_legacy_delivery_with_a_null_or_missing_field_is_no_other() {
    let data = event_data();
    let (_, data) = data.iter().find(|(name, _)| *name == "subscriber.created").unwrap();
    for subscriber in without_each(&data["subscriber"]) {
        let body = json!({"subscriber": subscriber}).to_string();
        let read = LegacyDelivery::read(body.as_bytes()).unwrap();
        assert!(matches!(read, LegacyDelivery::Subscriber(_)), "{body}");
    }
    let purchase = json!({"id": "3", "transaction_id": 17, "email_address": "a@b.c", "status": "paid",
        "currency": "USD", "transaction_time": "2023-01-27T11:43:55Z", "total": 12.5,
        "products": [{"pid": 1, "lid": 2}]});
    for changed in without_each(&purchase) {
        // Without its id, or that of its transaction, any object could be a purchase.
        let is_one = changed.get("transaction_id").is_some();
        let read = LegacyDelivery::read(changed.to_string().as_bytes()).unwrap();
        assert_eq!(matches!(read, LegacyDelivery::Purchase(_)), is_one, "{changed}");
    }
}
