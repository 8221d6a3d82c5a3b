//! The sessions of many accounts, and what they hold in memory while nobody uses them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

use kit_core::oauth::{App, RefreshStep, Sessions, Tokens};
use kit_core::webhooks::ListWebhooks;
use kit_core::{Call, Credentials, Kit, Step, Time};

use crate::embedded::now;

/// How many bytes of the heap an account holds that has made a call, of so many; and what a map of their tokens holds.
pub fn memory(accounts: usize) -> [f64; 2] {
    let sessions = Sessions::new(App::confidential("client-id", "client-secret"));
    let ours = held(accounts, || {
        for account in 0..accounts {
            let session = sessions.get(&key(account), now());
            let mut refresh = session.begin(&tokens(account), now()).expect("a session");
            while !matches!(refresh.next(now()), RefreshStep::Done(_)) {
                refresh.loaded(Ok(None), now());
                refresh.saved(Ok(()), now());
            }
            let kit = Kit::new(Credentials::session(&session));
            let mut call = Call::new(&kit, ListWebhooks::new(), 0).with_pacer(&session.pacer());
            let step = call.next(now());
            assert!(matches!(step, Step::Send(_)), "{step:?}");
            call.received(http::Response::new(Vec::<u8>::new()), now());
        }
        // Two minutes later, they are at rest.
        drop(sessions.get(&key(0), later()));
    });
    let mut map = BTreeMap::new();
    let floor = held(accounts, || {
        map.extend((0..accounts).map(|account| (key(account), tokens(account))));
    });
    [ours, floor]
}

fn held(accounts: usize, act: impl FnOnce()) -> f64 {
    let measured = allocation_counter::measure(act);
    let bytes = i32::try_from(measured.bytes_current).expect("a size");
    f64::from(bytes) / f64::from(i32::try_from(accounts).expect("a count"))
}

fn later() -> Time {
    let passed = Duration::from_secs(120);
    Time::new(Instant::now() + passed, SystemTime::now() + passed)
}

fn key(account: usize) -> String {
    format!("account-{account:08}")
}

/// As long as Kit's.
fn tokens(account: usize) -> Tokens {
    Tokens::new(format!("{account:043}"))
        .with_refresh_token(format!("{account:043}"))
        .with_expires_in(172_800)
}
