//! Calls of kit-hyper that are dropped at random points: pool, pacer and session go on.
//!
//! The points are chosen by a seed, which is printed; `KIT_FAULT_SEED` sets it.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use kit_core::webhooks::{CreateWebhook, Event, ListWebhooks};
use kit_core::{List as _, Pacer, RetryPolicy};
use kit_emulator::{Emulator, Fault};
use kit_hyper::Client;
use kit_hyper::oauth::{Blocking, Session};
use kit_tests::{seed, session};

const CALLERS: usize = 8;
const CALLS: usize = 60;
const LIFETIME: Duration = Duration::from_secs(3600);

/// Polls the future so often at most. `None` where it is dropped then.
async fn polled<F: Future>(future: F, times: u8) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = times;
    std::future::poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(cx).map(Some)
    })
    .await
}

async fn drop_calls_and_go_on() {
    let mut random = fastrand::Rng::with_seed(seed::new());
    let emulator = Emulator::builder().token_lifetime(LIFETIME).start().unwrap();
    let store = Arc::new(session::Memory::default());
    let session = || Session::new(session::app(&emulator), Blocking::new(store.clone()));
    session().begin(&session::tokens(&emulator)).await.unwrap();
    let mut faults = random.fork();
    emulator.fail_when(move |request| {
        (request.method() == "GET" && faults.u8(..3) == 0).then(|| Fault::status(503))
    });
    let retry = RetryPolicy::default()
        .with_backoff(Duration::from_millis(1), Duration::from_millis(3))
        .with_attempts(1000);
    // Room for all attempts, those of dropped calls included. That a dropped call gives its place back
    // is shown in the core, where an hour takes no time.
    let pacer = Pacer::new(2000);
    let client = || {
        Client::builder()
            .base_url(emulator.base_url())
            .retry(retry)
            .timeout(Duration::from_secs(20))
            .pacing(pacer.clone())
            .build(session())
            .unwrap()
    };
    let mut process = client();

    let create = |number: usize| {
        let target_url = format!("https://example.com/{number}");
        CreateWebhook::new(target_url, Event::PurchaseCreate).unwrap()
    };
    let mut dropped = 0;
    for round in 0..CALLS {
        if round % 5 == 0 {
            // As in another process: this one would not see its clock jump.
            emulator.advance(LIFETIME);
            process = client();
        }
        let calls: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let (client, create) = (process.clone(), create(round * CALLERS + caller));
                let (times, creates) = (random.u8(..12), random.bool());
                tokio::spawn(async move {
                    if creates {
                        polled(client.send(&create), times).await.map(|result| result.map(drop))
                    } else {
                        let list = ListWebhooks::new();
                        polled(client.send(&list), times).await.map(|result| result.map(drop))
                    }
                })
            })
            .collect();
        for call in calls {
            match call.await.unwrap() {
                Some(result) => result.unwrap(),
                None => dropped += 1,
            }
        }
    }
    println!("{dropped} of {} calls were dropped", CALLS * CALLERS);
    assert!(dropped > CALLS * CALLERS / 10);

    emulator.heal();
    let listed = client().send(&ListWebhooks::new().per_page(1000).unwrap()).await.unwrap();
    let urls: BTreeSet<_> = listed.items.iter().map(|webhook| &webhook.target_url).collect();
    assert_eq!(urls.len(), listed.items.len(), "a webhook was created twice");
    emulator.advance(LIFETIME);
    let client = client();
    for number in 0..CALLERS {
        client.send(&create(number)).await.unwrap();
    }
    assert_eq!(emulator.repeated_refreshes(), 0);
    assert!(emulator.refreshes() > CALLS / 10, "{} refreshes", emulator.refreshes());
}

#[tokio::test]
async fn on_one_thread() {
    drop_calls_and_go_on().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_threads() {
    drop_calls_and_go_on().await;
}
