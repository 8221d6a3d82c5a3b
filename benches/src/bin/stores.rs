//! The costs of an inbox and a budget in PostgreSQL: `stores WHAT CONFIG SCHEMA CONNECTIONS SECONDS` prints how many events
//! were put in (`put`, `put-quietly`) or handled, of which one is claimed at a time (`one`) or 16 (`handle`), or how many
//! calls were made by a pacer of one process (`alone`) or by a shared one (`shared`), each second. `benches/stores.sh` does
//! so beside pgbench.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kit_core::deliveries::{AsyncInbox as _, Delivery, InboxEvent};
use kit_core::{Credentials, Pacer};
use kit_hyper::{Client, SharedPacer};
use kit_postgres::{Postgres, PostgresInbox, Tables};
use tokio_postgres::NoTls;

/// How long an event is claimed.
const LEASE: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [what] = &*arguments
        && what == "event"
    {
        // The content of a row of the table.
        println!("{}", serde_json::to_string(&event().event).expect("JSON"));
        return ExitCode::SUCCESS;
    }
    let [what, config, schema, connections, seconds] = &*arguments else { return usage() };
    let (Ok(connections), Ok(seconds)) = (connections.parse(), seconds.parse()) else {
        return usage();
    };
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.worker_threads(2).enable_all().build().expect("a runtime");
    let start = Instant::now();
    let events = runtime.block_on(async {
        match what.as_str() {
            "alone" | "shared" => {
                call(what == "shared", config, schema, connections, seconds).await
            }
            _ => run(what, config, schema, connections, seconds).await,
        }
    });
    #[expect(clippy::cast_precision_loss, reason = "it is small")]
    {
        println!("{:.0}", events as f64 / start.elapsed().as_secs_f64());
    }
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!(
        "usage: stores put|put-quietly|one|handle|alone|shared CONFIG SCHEMA CONNECTIONS SECONDS"
    );
    ExitCode::from(2)
}

async fn run(what: &str, config: &str, schema: &str, connections: u32, seconds: u32) -> u64 {
    let (is_put, claimed_at_once) = (what.starts_with("put"), if what == "one" { 1 } else { 16 });
    let (count, end) =
        (Arc::new(AtomicU64::new(0)), Instant::now() + Duration::from_secs(seconds.into()));
    let mut tasks = Vec::new();
    for connection in 0..connections {
        let (client, driver) = tokio_postgres::connect(config, NoTls).await.expect("PostgreSQL");
        tokio::spawn(driver);
        let (client, tables) = (Arc::new(client), Tables::named(schema, "").expect("a name"));
        Postgres::new(client.clone(), tables.clone()).install().await.expect("tables");
        let (inbox, count) = (PostgresInbox::new(client, tables), count.clone());
        let inbox = if what == "put-quietly" { inbox.without_notifications() } else { inbox };
        tasks.push(tokio::spawn(async move {
            let event = event();
            for number in 0_u64.. {
                if Instant::now() >= end {
                    return;
                }
                if is_put {
                    let mut event = event.clone();
                    event.event.id = format!("{connection}-{number}").into();
                    inbox.put(&[event]).await.expect("it is put in");
                    count.fetch_add(1, Ordering::Relaxed);
                } else {
                    let claims = inbox.claim(claimed_at_once, LEASE).await.expect("claims");
                    if claims.is_empty() {
                        return; // All are handled.
                    }
                    for claimed in claims {
                        assert!(inbox.done(&claimed.claim).await.expect("it is done"));
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        }));
    }
    for task in tasks {
        task.await.expect("no panic");
    }
    count.load(Ordering::Relaxed)
}

/// How many calls as many callers make, below a limit that they do not reach.
async fn call(is_shared: bool, config: &str, schema: &str, callers: u32, seconds: u32) -> u64 {
    const LIMIT: u32 = 100_000_000;
    let client = Client::builder().base_url(kit_benches::server::start());
    let client = client.build(Credentials::api_key(kit_benches::floor::API_KEY)).expect("a client");
    let client = if is_shared {
        let (database, driver) = tokio_postgres::connect(config, NoTls).await.expect("PostgreSQL");
        tokio::spawn(driver);
        let postgres = Postgres::new(database, Tables::named(schema, "").expect("a name"));
        postgres.install().await.expect("tables");
        client.with_pacing(SharedPacer::new(postgres, "bench", LIMIT))
    } else {
        client.with_pacing(Pacer::new(LIMIT))
    };
    let (count, end) =
        (Arc::new(AtomicU64::new(0)), Instant::now() + Duration::from_secs(seconds.into()));
    let call = |client: Client, count: Arc<AtomicU64>| async move {
        let create = kit_benches::subject::create();
        while Instant::now() < end {
            client.send(&create).await.expect("a webhook");
            count.fetch_add(1, Ordering::Relaxed);
        }
    };
    let tasks: Vec<_> =
        (0..callers).map(|_| tokio::spawn(call(client.clone(), count.clone()))).collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    count.load(Ordering::Relaxed)
}

fn event() -> InboxEvent {
    let body = kit_benches::receiving::envelope(1, 1);
    let mut delivery = Delivery::read(body.as_bytes()).expect("a delivery");
    InboxEvent::new("account-9", delivery.events.remove(0))
}
