//! The laws of deliveries: signatures, envelopes, and events that come again.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kit_core::deliveries::{
    DeliveredEvent, Delivery, DeliveryError, EventId, Handling, HandlingStep, SeenEvents, Verifier,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

const SIGNED_AT: u64 = 1_790_000_000;

fn hex(secret: &str, time: &str, body: &[u8]) -> String {
    let signed = [time.as_bytes(), b".", body].concat();
    hmac_sha256::HMAC::mac(&signed, secret.as_bytes()).map(|byte| format!("{byte:02x}")).concat()
}

fn verify(secrets: &[&str], header: &str, body: &[u8], now: u64) -> Result<(), DeliveryError> {
    let verifier = Verifier::new(secrets.iter().copied()).unwrap();
    verifier.verify([header.as_bytes()], body, UNIX_EPOCH + Duration::from_secs(now))
}

fn spaces() -> impl Strategy<Value = String> {
    select(vec!["", "", " ", "  ", "\t"]).prop_map(str::to_owned)
}

/// A part of a header that this version passes over.
fn other() -> impl Strategy<Value = String> {
    select(vec!["v0=abc", "v2=00", "x=", "note=1=2"]).prop_map(str::to_owned)
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no other", |n| n.is_finite()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((any::<String>(), inner), 0..4).prop_map(|all| all.into_iter().collect()),
        ]
    })
}

fn maybe<T: Into<Value>>(value: Option<T>) -> Value {
    value.map_or(Value::Null, Into::into)
}

fn data() -> impl Strategy<Value = (String, Value)> {
    let text = || any::<String>();
    let subscriber =
        (1_u64.., any::<Option<String>>(), text(), vec((text(), any::<Option<String>>()), 0..4))
            .prop_map(|(id, first_name, email, fields)| {
                let fields: serde_json::Map<String, Value> =
                    fields.into_iter().map(|(key, value)| (key, maybe(value))).collect();
                json!({"id": id, "first_name": maybe(first_name), "email_address": email,
                "state": "active", "created_at": "2023-01-27T11:43:55Z", "fields": fields})
            });
    let named = (1_u64.., text()).prop_map(
        |(id, name)| json!({"id": id, "name": name, "created_at": "2023-01-27T11:43:55Z"}),
    );
    prop_oneof![
        (subscriber.clone(), named.clone()).prop_map(|(subscriber, tag)| {
            ("subscriber.tag_added".to_owned(), json!({"subscriber": subscriber, "tag": tag}))
        }),
        subscriber.prop_map(|subscriber| {
            ("subscriber.created".to_owned(), json!({"subscriber": subscriber}))
        }),
        named.prop_map(|tag| ("tag.deleted".to_owned(), json!({"tag": tag}))),
        // Unknown types, and known ones whose data are anything.
        (text(), json_value()),
        (select(vec!["post.published", "broadcast.sent"]), json_value())
            .prop_map(|(name, data)| (name.to_owned(), data)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    /// Any order and spacing that the facts allow, any other part between, either case of the digits, either of two
    /// secrets.
    #[test]
    fn a_signature_is_taken_however_it_is_written(
        body in vec(any::<u8>(), 0..200),
        secrets in vec("whsec_[A-Za-z0-9+/=]{1,40}", 1..=2),
        others in vec(other(), 0..3),
        order in vec(any::<Index>(), 6),
        spaces in vec(spaces(), 24),
        is_upper in any::<bool>(),
        lead in -300_i64..=300,
    ) {
        let time = SIGNED_AT.to_string();
        let mut parts: Vec<String> = secrets
            .iter()
            .map(|secret| {
                let hex = hex(secret, &time, &body);
                format!("v1={}", if is_upper { hex.to_uppercase() } else { hex })
            })
            .chain([format!("t={time}")])
            .chain(others)
            .collect();
        for (place, index) in order.iter().enumerate().take(parts.len()) {
            let other = index.index(parts.len());
            parts.swap(place, other);
        }
        let mut spaces = spaces.iter();
        let mut space = || spaces.next().map_or("", String::as_str);
        let parts: Vec<String> = parts
            .iter()
            .map(|part| {
                let (name, value) = part.split_once('=').unwrap();
                format!("{}{name}{}={}{value}{}", space(), space(), space(), space())
            })
            .collect();
        let header = parts.join(",");
        let now = SIGNED_AT.checked_add_signed(lead).unwrap();
        for secret in &secrets {
            prop_assert_eq!(verify(&[secret], &header, &body, now), Ok(()), "{}", header);
        }
        prop_assert_eq!(verify(&["whsec_other"], &header, &body, now), Err(DeliveryError::WrongSignature));
    }

    /// A change of any bit of the body, of the time or of the signature.
    #[test]
    fn any_change_is_refused(body in vec(any::<u8>(), 1..200), place in any::<Index>(), bit in 0..8_u32) {
        let time = SIGNED_AT.to_string();
        let header = format!("t={time},v1={}", hex("whsec_test", &time, &body));
        let mut changed = body.clone();
        changed[place.index(body.len())] ^= 1 << bit;
        let refused = verify(&["whsec_test"], &header, &changed, SIGNED_AT);
        prop_assert_eq!(refused, Err(DeliveryError::WrongSignature));
        let mut changed = header.clone().into_bytes();
        let at = place.index(changed.len());
        changed[at] ^= 1 << bit;
        if let Ok(changed) = String::from_utf8(changed)
            && !changed.eq_ignore_ascii_case(&header)
        {
            let result = verify(&["whsec_test"], &changed, &body, SIGNED_AT);
            prop_assert!(result.is_err(), "{changed}");
        }
    }

    /// An event that was read is written as it came, and read again as it was.
    #[test]
    fn an_event_keeps_all_that_is_known_of_it((event_type, data) in data(), id in "[a-z0-9-]{1,40}") {
        let event = json!({"id": id, "type": event_type, "created": "2026-07-29T14:32:10Z", "data": data});
        let body = json!({"delivery_id": 9, "events": [event]}).to_string();
        let delivery = Delivery::read(body.as_bytes()).unwrap();
        prop_assert!(delivery.unreadable.is_empty());
        let written = serde_json::to_string(&delivery.events[0]).unwrap();
        prop_assert_eq!(&serde_json::from_str::<DeliveredEvent>(&written).unwrap(), &delivery.events[0]);
        // (Texts of numbers may differ: 1e2 is 100.0.)
        prop_assert_eq!(serde_json::from_str::<Value>(&written).unwrap(),
            serde_json::from_str::<Value>(&event.to_string()).unwrap());
    }

    /// One that cannot be read loses no other, wherever it stands.
    #[test]
    fn no_event_is_lost_beside_others(which in vec(any::<bool>(), 1..40)) {
        let events: Vec<Value> = which
            .iter()
            .enumerate()
            .map(|(number, is_good)| {
                let id = if *is_good { json!(number.to_string()) } else { json!([number]) };
                json!({"id": id, "type": "tag.created", "created": "2026-07-29T14:32:10Z",
                    "data": {"tag": {"id": number + 1, "name": "VIP"}}})
            })
            .collect();
        let body = json!({"delivery_id": 9, "events": events}).to_string();
        let delivery = Delivery::read(body.as_bytes()).unwrap();
        let good = which.iter().filter(|is_good| **is_good).count();
        prop_assert_eq!((delivery.events.len(), delivery.unreadable.len()), (good, which.len() - good));
    }

    /// Receivers on several machines, which share a memory, crash, and get events again: no two handle an event at a
    /// time, and none is handled after it is done.
    #[test]
    fn an_event_is_handled_by_one_at_a_time_and_not_after_it_is_done(steps in vec((0..4_usize, 0..3_u8, 0..40_u64), 1..120)) {
        const LEASE: u64 = 60;
        let mut seen = SeenEvents::new();
        let mut now = 1_000_000;
        // The handling of each receiver, and since when it handles.
        let mut receivers: BTreeMap<usize, (Handling, Option<u64>)> = BTreeMap::new();
        let mut is_done = false;
        for (receiver, what, seconds) in steps {
            now += seconds;
            let time = UNIX_EPOCH + Duration::from_secs(now);
            let lease = Duration::from_secs(LEASE);
            if what == 0 {
                // The receiver crashes, and the event comes again.
                receivers.insert(receiver, (Handling::new(EventId::from("e")).with_lease(lease), None));
                continue;
            }
            let Some((handling, since)) = receivers.get_mut(&receiver) else { continue };
            let step = ask(handling, &mut seen, time);
            match step {
                HandlingStep::Handle { .. } if since.is_none() => {
                    prop_assert!(!is_done, "it was done before");
                    *since = Some(now);
                    let handling = receivers.values().filter_map(|(_, since)| *since);
                    let at_once = handling.filter(|since| now - since < LEASE).count();
                    prop_assert_eq!(at_once, 1);
                }
                HandlingStep::Handle { .. } if what == 1 => {
                    handling.handled();
                    is_done |= ask(handling, &mut seen, time) == HandlingStep::Done;
                    *since = None;
                    receivers.remove(&receiver);
                }
                HandlingStep::Handle { .. } => {
                    handling.failed();
                    ask(handling, &mut seen, time);
                    receivers.remove(&receiver);
                }
                HandlingStep::DoneBefore => prop_assert!(is_done),
                _ => {}
            }
        }
        // Whatever has happened, the event is handled in the end.
        let time = UNIX_EPOCH + Duration::from_secs(now + LEASE);
        let mut last = Handling::new(EventId::from("e"));
        let step = ask(&mut last, &mut seen, time);
        prop_assert_eq!(matches!(step, HandlingStep::Handle { .. }), !is_done);
    }
}

fn ask(handling: &mut Handling, seen: &mut SeenEvents, now: SystemTime) -> HandlingStep {
    loop {
        match handling.next(now) {
            HandlingStep::Load(id) => handling.loaded(seen.load(&id)),
            HandlingStep::Save { record, replaces } => {
                handling.saved(seen.save(record, replaces.as_ref(), now));
            }
            step => return step,
        }
    }
}
