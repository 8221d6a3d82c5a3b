//! Thousands of calls while a fifth of all requests fails, and tokens expire: what the callers are told
//! is what Kit has.
//!
//! The faults are chosen by a seed, which is printed; `KIT_FAULT_SEED` sets it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use kit_core::RetryPolicy;
use kit_core::webhooks::{CreateWebhook, Event, ListWebhooks};
use kit_emulator::{Emulator, Fault};
use kit_tests::on_each_transport;
use kit_tests::transport::{Setup, Transport, TransportSession as _};
use kit_tests::{seed, session};

on_each_transport!(
    what_is_reported_is_what_was_done,
    tokens_expire_and_no_create_fails_or_is_made_twice,
    tokens_expire_under_faults_and_no_call_fails,
);

const CALLERS: usize = 32;
const CREATES: usize = 2000;
const TIMEOUT: Duration = Duration::from_millis(400);

/// The outcome that a caller is told of one create.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    Created,
    PerhapsApplied,
    NotApplied,
}

/// A fault for one request in five.
fn fault(random: &mut fastrand::Rng) -> Option<Fault> {
    let late = TIMEOUT + Duration::from_millis(100);
    Some(match random.u8(..35) {
        0 => Fault::status(429).retry_after("0"),
        1 => Fault::status(429),
        2 => Fault::status(503),
        3 => Fault::status(503).after_applying(),
        4 => Fault::close(),
        5 => Fault::close().after_applying(),
        6 if random.bool() => Fault::delay(late),
        6 => Fault::delay(late).after_applying(),
        _ => return None,
    })
}

/// Makes so many calls, shared out among the callers.
fn by_callers<R: Send>(calls: usize, call: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let call = &call;
    std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                scope.spawn(move || (caller..calls).step_by(CALLERS).map(call).collect::<Vec<_>>())
            })
            .collect();
        callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
    })
}

fn what_is_reported_is_what_was_done<T: Transport>() {
    let mut random = fastrand::Rng::with_seed(seed::new());
    let emulator = Emulator::start().unwrap();
    emulator.fail_when(move |_| fault(&mut random));
    let retry = RetryPolicy::default()
        .with_backoff(Duration::from_millis(1), Duration::from_millis(5))
        .with_attempts(8);
    let client = T::new(Setup::of(&emulator).with(|settings| {
        settings.retry = retry;
        settings.attempt_timeout = TIMEOUT;
    }));

    let create = |number: usize| {
        let target_url = format!("https://example.com/{number}");
        let create = CreateWebhook::new(target_url.clone(), Event::PurchaseCreate).unwrap();
        let told = match client.send(&create) {
            Ok(webhook) => {
                assert_eq!(webhook.target_url, target_url);
                Told::Created
            }
            Err(error) if error.may_have_been_applied() => Told::PerhapsApplied,
            Err(_) => Told::NotApplied,
        };
        (target_url, told)
    };
    let told: BTreeMap<_, _> = by_callers(CREATES, create).into_iter().collect();
    assert_eq!(told.len(), CREATES);

    let webhooks = emulator.webhooks();
    let held: BTreeSet<_> = webhooks.iter().map(|webhook| webhook.target_url.clone()).collect();
    assert_eq!(held.len(), webhooks.len(), "a webhook was created twice");
    let mut count = BTreeMap::new();
    for (target_url, told) in &told {
        let is_held = held.contains(target_url);
        *count.entry((*told, is_held)).or_insert(0) += 1;
        match told {
            Told::Created => assert!(is_held, "{target_url} is reported as created, and is not"),
            Told::NotApplied => {
                assert!(!is_held, "{target_url} is reported as not applied, and is");
            }
            Told::PerhapsApplied => {}
        }
    }
    assert!(held.iter().all(|target_url| told.contains_key(target_url)));
    println!("what was told, and whether it is held: {count:?}");
    // The faults were there, and so was the way around most of them.
    assert!(emulator.requests() > CREATES + CREATES / 50);
    assert!(count[&(Told::PerhapsApplied, true)] > 0 && count[&(Told::PerhapsApplied, false)] > 0);
    assert!(count[&(Told::Created, true)] > CREATES / 2, "{count:?}");
}

const EXPIRIES: usize = 20;
const CALLS_BETWEEN: usize = 50;
const LIFETIME: Duration = Duration::from_secs(3600);

/// One process after the other: none of them sees its clock jump with Kit's, and would take a second token that
/// expires within a second for one that Kit rejects.
fn processes<T: Transport>(emulator: &Emulator) -> impl Fn() -> T::Session {
    let store = Arc::new(session::Memory::default());
    let app = session::app(emulator);
    let session = move || T::Session::new(app.clone(), store.clone());
    session().begin(&session::tokens(emulator)).unwrap();
    session
}

fn tokens_expire_and_no_create_fails_or_is_made_twice<T: Transport>() {
    let emulator = Emulator::builder().token_lifetime(LIFETIME).start().unwrap();
    let session = processes::<T>(&emulator);
    for round in 0..EXPIRIES {
        emulator.advance(LIFETIME);
        let client = T::with_session(Setup::of(&emulator), &session());
        by_callers(CALLS_BETWEEN, |call| {
            let target_url = format!("https://example.com/{round}/{call}");
            let create = CreateWebhook::new(target_url, Event::PurchaseCreate).unwrap();
            client.send(&create).unwrap();
        });
    }
    let webhooks = emulator.webhooks();
    let held: BTreeSet<_> = webhooks.iter().map(|webhook| &webhook.target_url).collect();
    assert_eq!((held.len(), webhooks.len()), (1000, 1000));
    assert_eq!((emulator.refreshes(), emulator.repeated_refreshes()), (EXPIRIES, 0));
}

/// A fault for one request in five that is no end of a list, nor of a session. None of them depends on
/// a timeout: an answer to a refresh that comes too late would end the session.
fn harmless_fault(is_refresh: bool, random: &mut fastrand::Rng) -> Option<Fault> {
    Some(match random.u8(..30) {
        0 => Fault::status(429).retry_after("0"),
        1 => Fault::status(429),
        2 | 3 => Fault::status(503),
        4 => Fault::close(),
        // Nobody may miss the answer to a refresh.
        5 if is_refresh => Fault::status(503),
        5 => Fault::close().after_applying(),
        _ => return None,
    })
}

fn tokens_expire_under_faults_and_no_call_fails<T: Transport>() {
    let mut random = fastrand::Rng::with_seed(seed::new());
    let emulator = Emulator::builder().token_lifetime(LIFETIME).start().unwrap();
    let session = processes::<T>(&emulator);
    emulator.fail_when(move |request| {
        harmless_fault(request.uri().path() == "/v4/oauth/token", &mut random)
    });
    // So often does no call meet a fault.
    let retry = RetryPolicy::default()
        .with_backoff(Duration::from_millis(1), Duration::from_millis(5))
        .with_attempts(20);
    for _ in 0..EXPIRIES {
        emulator.advance(LIFETIME);
        let setup = Setup::of(&emulator).with(|settings| settings.retry = retry);
        let client = T::with_session(setup, &session());
        by_callers(CALLS_BETWEEN, |_| client.send(&ListWebhooks::new()).unwrap());
    }
    assert_eq!((emulator.refreshes(), emulator.repeated_refreshes()), (EXPIRIES, 0));
    assert!(emulator.requests() > EXPIRIES * CALLS_BETWEEN * 11 / 10);
}
