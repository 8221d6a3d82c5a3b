//! One of several processes of an app: receives deliveries on a port, and handles events of the inbox that all share, each
//! in the transaction of its effect. `inbox_process POSTGRES_PORT SCHEMA PORT SECRET`. It runs until it is killed.

use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use kit_postgres::{PostgresInbox, Tables};
use kit_receiver::{Received, Receiver};
use kit_tests::servers::Pool;
use tokio::net::TcpListener;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [postgres, schema, port, secret] = &*arguments else { return Err("usage".into()) };
    let pool = Pool::by(postgres.parse()?);
    let inbox = PostgresInbox::new(pool.clone(), Tables::named(schema, "")?);
    let (receiver, events) = Receiver::builder([secret.as_str()])
        .inbox(inbox.clone())
        .lease(Duration::from_secs(1))
        .backoff(Duration::from_millis(10), Duration::from_millis(100))
        .max_attempts(u32::MAX)
        .on_error(|_| {})
        .build()?;
    let effect = format!("INSERT INTO {schema}.effect (id) VALUES ($1)");
    for _ in 0..4 {
        let (pool, inbox, events, effect) =
            (pool.clone(), inbox.clone(), events.clone(), effect.clone());
        tokio::spawn(async move {
            while let Some(received) = events.next().await {
                // Whatever fails, the event comes again.
                let _ = handle(&pool, &inbox, &effect, received).await;
            }
        });
    }
    let listener = TcpListener::bind(("127.0.0.1", port.parse()?)).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(receiver.clone());
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn handle(
    pool: &Pool,
    inbox: &PostgresInbox<Arc<Pool>>,
    effect: &str,
    received: Received,
) -> Result<(), Failure> {
    let mut client = pool.take().await?;
    let transaction = client.transaction().await?;
    transaction.execute(effect, &[&received.event.id.as_str()]).await?;
    let Some(claim) = received.claim() else { return Ok(()) };
    if inbox.done_in(&transaction, claim).await? {
        transaction.commit().await?;
    } else {
        transaction.rollback().await?;
    }
    pool.give(client);
    Ok(())
}
