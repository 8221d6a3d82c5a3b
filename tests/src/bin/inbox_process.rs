//! One of several processes of an app: receives deliveries on a port, and handles events of the inbox that all share, each
//! in the transaction of its effect. `inbox_process POSTGRES_PORT SCHEMA PORT SECRET`. It runs until it is killed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use kit_core::oauth::StoreError;
use kit_postgres::{Database, Parameters, PostgresInbox, Tables};
use kit_receiver::{Received, Receiver};
use kit_tests::servers;
use tokio::net::TcpListener;
use tokio_postgres::{Client, NoTls, Row};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Connections that are made anew after they broke.
struct Pool {
    config: String,
    idle: Mutex<Vec<Client>>,
}

impl Pool {
    async fn take(&self) -> Result<Client, StoreError> {
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        if let Some(client) = idle.filter(|client| !client.is_closed()) {
            return Ok(client);
        }
        let (client, connection) = tokio_postgres::connect(&self.config, NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    fn give(&self, client: Client) {
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(client);
        }
    }
}

impl Database for Pool {
    async fn rows(
        &self,
        statement: &str,
        parameters: &Parameters<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let client = self.take().await?;
        let rows = client.rows(statement, parameters).await;
        self.give(client);
        rows
    }

    async fn run(&self, statement: &str) -> Result<(), StoreError> {
        let client = self.take().await?;
        let done = client.run(statement).await;
        self.give(client);
        done
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [postgres, schema, port, secret] = &*arguments else { return Err("usage".into()) };
    let config = servers::Postgres::config_of(postgres.parse()?);
    let pool = Arc::new(Pool { config, idle: Mutex::default() });
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
