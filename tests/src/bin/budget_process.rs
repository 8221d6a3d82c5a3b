//! One of several processes with one API key: sends as much as their shared budget allows. `budget_process POSTGRES_PORT SCHEMA
//! BASE_URL API_KEY`. It runs until it is killed.

use std::time::Duration;

use kit_core::webhooks::ListWebhooks;
use kit_core::{Credentials, RetryPolicy};
use kit_hyper::{Client, SharedPacer};
use kit_postgres::{Postgres, Tables};
use kit_tests::servers::Pool;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How many calls are made at the same time.
const CALLERS: usize = 8;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [postgres, schema, base_url, api_key] = &*arguments else { return Err("usage".into()) };
    let pool = Pool::by(postgres.parse()?);
    let store = Postgres::new(pool, Tables::named(schema, "")?);
    let credentials = Credentials::api_key(api_key.as_str());
    let pacer = SharedPacer::new(store, "budget", credentials.rate_limit());
    let client = Client::builder().base_url(base_url).retry(RetryPolicy::none());
    let client = client.timeout(Duration::from_secs(3600)).build(credentials)?.with_pacing(pacer);
    let callers = (0..CALLERS).map(|_| {
        let client = client.clone();
        tokio::spawn(async move {
            loop {
                // Whatever fails is for Kit's count to show.
                let _ = client.send(&ListWebhooks::new()).await;
            }
        })
    });
    for caller in callers.collect::<Vec<tokio::task::JoinHandle<()>>>() {
        caller.await?;
    }
    Ok(())
}
