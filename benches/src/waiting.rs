//! Calls that wait: what they hold in memory, and what they cost while they wait.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kit_core::oauth::{App, Session, Tokens};
use kit_core::{Credentials, Pacer};
use kit_hyper::Client;
use tokio::runtime::{Builder, Runtime};

use crate::caller::Caller as _;
use crate::{concurrent, embedded, floor, subject};

/// How many bytes of the heap one task holds that waits for the room which a pacer does not have, of so many;
/// and one that waits for a timer and no more.
pub fn memory(calls: usize) -> [f64; 2] {
    let builder = Client::builder().base_url("http://127.0.0.1:1").pacing(Pacer::new(1));
    let client = builder.build(Credentials::api_key(floor::API_KEY)).expect("a client");
    let create = Arc::new(subject::create());
    let calling = || {
        let (client, create) = (client.clone(), create.clone());
        async move { drop(client.send(&*create).await) }
    };
    // This call takes the one place that there is, and fails.
    on_one_thread().block_on(calling());
    [held(calls, calling), held(calls, || tokio::time::sleep(HOUR))]
}

const HOUR: Duration = Duration::from_secs(3600);

fn held<F: Future<Output = ()> + Send + 'static>(tasks: usize, task: impl Fn() -> F) -> f64 {
    let runtime = on_one_thread();
    let _guard = runtime.enter();
    let mut handles = Vec::with_capacity(tasks);
    let measured = allocation_counter::measure(|| {
        for _ in 0..tasks {
            handles.push(runtime.spawn(task()));
        }
        runtime.block_on(async {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
        });
    });
    assert!(handles.iter().all(|handle| !handle.is_finished()), "a call does not wait");
    let bytes = i32::try_from(measured.bytes_current).expect("a size");
    f64::from(bytes) / f64::from(i32::try_from(tasks).expect("a count"))
}

/// After how long the server answers a refresh.
pub const REFRESH_TAKES: Duration = Duration::from_secs(1);

/// How many milliseconds of CPU so many calls take that wait for one refresh; and so many that have a token.
pub fn behind_a_refresh(base_url: &str, calls: usize) -> [f64; 2] {
    [true, false].map(|is_expired| {
        let session = Session::in_memory(App::public("client-id"));
        let tokens = Tokens::new(floor::API_KEY).with_refresh_token("refresh-token");
        let tokens = tokens.with_expires_in(if is_expired { 0 } else { 172_800 });
        drop(session.begin(&tokens, embedded::now()).expect("a session"));
        let kit = Arc::new(concurrent::Kit::with_session(base_url, &session));
        let runtime = on_one_thread();
        let start = (Instant::now(), cpu());
        runtime.block_on(async {
            let calls = (0..calls).map(|_| {
                let kit = kit.clone();
                tokio::spawn(async move { kit.call().await })
            });
            for call in calls.collect::<Vec<_>>() {
                call.await.expect("a call");
            }
        });
        assert_eq!(start.0.elapsed() > REFRESH_TAKES, is_expired);
        cpu() - start.1
    })
}

fn on_one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// How many milliseconds this thread has run (Linux).
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    let nanoseconds = text.split(' ').next().and_then(|first| first.parse::<f64>().ok());
    nanoseconds.expect("nanoseconds") / 1e6
}
