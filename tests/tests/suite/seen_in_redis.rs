//! Events that several receivers see, with their memory in Redis.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use kit_core::deliveries::{EventId, Handling, HandlingStep, Saved};
use kit_redis::{Keys, blocking};
use kit_tests::servers::{self, Cut, Cutting};

type Redis = blocking::Redis<redis::Client>;

fn redis(port: u16, prefix: &str) -> Redis {
    let client = redis::Client::open(format!("redis://127.0.0.1:{port}")).unwrap();
    blocking::Redis::new(client, Keys::with_prefix(prefix).unwrap())
}

/// Handles an event, unless it was handled, or is being handled. Returns whether it was handled now.
fn handle(redis: &Redis, source: &str, id: &EventId, act: &dyn Fn()) -> bool {
    let mut handling = Handling::new(id.clone());
    loop {
        match handling.next(SystemTime::now()) {
            HandlingStep::Load(id) => handling.loaded(redis.load_event(source, &id).unwrap()),
            HandlingStep::Save { record, replaces } => {
                handling.saved(redis.save_event(source, &record, replaces.as_ref()).unwrap());
            }
            HandlingStep::Handle { .. } => {
                act();
                handling.handled();
            }
            HandlingStep::Done => return true,
            HandlingStep::DoneBefore | HandlingStep::BeingHandled(_) => return false,
            step => panic!("{step:?}"),
        }
    }
}

#[test]
fn each_event_is_handled_once_by_eight_receivers() {
    let Some(server) = servers::Redis::shared() else { return };
    let handled: Vec<_> = (0..50).map(|_| AtomicUsize::new(0)).collect();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let redis = redis(server.port(), "seen");
            let handled = &handled;
            scope.spawn(move || {
                for (number, count) in handled.iter().enumerate() {
                    let id = EventId::from(format!("event-{number}"));
                    handle(&redis, "a", &id, &|| {
                        count.fetch_add(1, Ordering::SeqCst);
                    });
                }
            });
        }
    });
    assert!(handled.iter().all(|count| count.load(Ordering::SeqCst) == 1), "{handled:?}");
    // The same id of another source is another event.
    let redis = redis(server.port(), "seen");
    assert!(handle(&redis, "b", &"event-1".into(), &|| {}));
    assert!(handle(&redis, "", &"1:a:event-1".into(), &|| {}));
    assert!(!handle(&redis, "a", &"event-1".into(), &|| panic!("it was handled")));
}

#[test]
fn a_lost_reply_handles_no_event_twice_and_loses_none() {
    let Some(server) = servers::Redis::shared() else { return };
    let proxy = Cutting::before(server.port());
    let redis = redis(proxy.port(), "seen-lost");
    let handled = AtomicUsize::new(0);
    for number in 0..20 {
        let id = EventId::from(format!("event-{number}"));
        let count = || {
            handled.fetch_add(1, Ordering::SeqCst);
            // The save that it was handled.
            proxy.cut_next(Cut::Reply);
        };
        assert_eq!(redis.load_event("a", &id).unwrap(), None);
        // The claim.
        proxy.cut_next(Cut::Reply);
        assert!(handle(&redis, "a", &id, &count));
        assert!(!handle(&redis, "a", &id, &count));
    }
    assert_eq!(handled.load(Ordering::SeqCst), 20);
}

#[test]
fn a_record_replaces_the_one_that_it_was_made_from() {
    let Some(server) = servers::Redis::shared() else { return };
    let redis = redis(server.port(), "seen-fenced");
    let mut first = Handling::new("e".into());
    let mut second = Handling::new("e".into());
    let now = SystemTime::now();
    let mut saves = Vec::new();
    for handling in [&mut first, &mut second] {
        assert!(matches!(handling.next(now), HandlingStep::Load(_)));
        handling.loaded(redis.load_event("a", &"e".into()).unwrap());
    }
    for handling in [&mut first, &mut second] {
        let HandlingStep::Save { record, replaces } = handling.next(now) else { panic!() };
        saves.push(redis.save_event("a", &record, replaces.as_ref()).unwrap());
    }
    // Also where both say the same, to the millisecond.
    assert_eq!(saves, [Saved::Yes, Saved::Conflict]);
    let late = now + Duration::from_secs(61);
    let mut third = Handling::new("e".into());
    assert!(matches!(third.next(late), HandlingStep::Load(_)));
    third.loaded(redis.load_event("a", &"e".into()).unwrap());
    let HandlingStep::Save { record, replaces } = third.next(late) else { panic!() };
    assert_eq!(redis.save_event("a", &record, replaces.as_ref()).unwrap(), Saved::Yes);
}
