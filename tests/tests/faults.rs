//! Thousands of creates while a fifth of all requests fails: what the callers are told is what Kit has.
//!
//! The faults are chosen by a seed, which is printed; `KIT_FAULT_SEED` sets it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kit_core::RetryPolicy;
use kit_core::webhooks::{CreateWebhook, Event};
use kit_emulator::{Emulator, Fault};
use kit_tests::on_each_transport;
use kit_tests::transport::{Setup, Transport};

on_each_transport!(what_is_reported_is_what_was_done);

const CALLERS: usize = 32;
const CREATES: usize = 2000;
const TIMEOUT: Duration = Duration::from_millis(400);

/// What a caller is told of one create.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    Created,
    PerhapsApplied,
    NotApplied,
}

fn seed() -> u64 {
    let seed = std::env::var("KIT_FAULT_SEED").ok().map(|seed| seed.parse().expect("a number"));
    let seed = seed.unwrap_or_else(|| fastrand::u64(..));
    println!("KIT_FAULT_SEED={seed}");
    seed
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

fn what_is_reported_is_what_was_done<T: Transport>() {
    let mut random = fastrand::Rng::with_seed(seed());
    let emulator = Emulator::start().unwrap();
    emulator.fail_when(move |_| fault(&mut random));
    let retry = RetryPolicy::default()
        .with_backoff(Duration::from_millis(1), Duration::from_millis(5))
        .with_attempts(8);
    let client = T::new(Setup { retry, timeout: TIMEOUT, ..Setup::of(&emulator) });

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
    let create = &create;
    let told: BTreeMap<_, _> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                scope.spawn(move || {
                    (caller..CREATES).step_by(CALLERS).map(create).collect::<Vec<_>>()
                })
            })
            .collect();
        callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
    });
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
