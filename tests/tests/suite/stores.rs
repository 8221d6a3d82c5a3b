//! Every store is held to the same laws, on real servers.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use kit_core::oauth::{MemorySessions, StoreError};
use kit_core::seal::{Seal, SealError};
use kit_postgres::{Parameters, Tables, blocking};
use kit_store_laws::{Direct, Sessions};
use kit_tests::servers;
use tokio::runtime::Runtime;

/// A seal of the tests: nobody can read it by looking, and a text is bound to its place.
struct Veil;

impl Seal for Veil {
    fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        Ok(plain.iter().zip(place.bytes().cycle()).map(|(byte, mask)| byte ^ mask ^ 0x55).collect())
    }

    fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        self.seal(place, sealed)
    }
}

fn runtime() -> Runtime {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(2).enable_all().build().unwrap()
}

/// Tables of this test alone.
fn tables(name: &str) -> Tables {
    Tables::named(name, "k_").unwrap()
}

/// Several connections, which lend themselves in turns.
struct Connections(Vec<tokio_postgres::Client>, AtomicUsize);

impl Connections {
    fn next(&self) -> &tokio_postgres::Client {
        &self.0[self.1.fetch_add(1, Ordering::SeqCst) % self.0.len()]
    }
}

impl kit_postgres::Database for Connections {
    async fn rows(
        &self,
        statement: &str,
        parameters: &Parameters<'_>,
    ) -> Result<Vec<tokio_postgres::Row>, StoreError> {
        self.next().rows(statement, parameters).await
    }

    async fn run(&self, statement: &str) -> Result<(), StoreError> {
        self.next().run(statement).await
    }
}

/// The same, for programs that block.
struct Pool(Vec<Mutex<postgres::Client>>, AtomicUsize);

impl Pool {
    fn next(&self) -> &Mutex<postgres::Client> {
        &self.0[self.1.fetch_add(1, Ordering::SeqCst) % self.0.len()]
    }
}

impl blocking::Database for Pool {
    fn rows(
        &self,
        statement: &str,
        parameters: &Parameters<'_>,
    ) -> Result<Vec<postgres::Row>, StoreError> {
        self.next().rows(statement, parameters)
    }

    fn run(&self, statement: &str) -> Result<(), StoreError> {
        self.next().run(statement)
    }
}

async fn connect(postgres: &servers::Postgres, count: usize) -> Connections {
    let mut clients = Vec::new();
    for _ in 0..count {
        let connected = tokio_postgres::connect(&postgres.config(), tokio_postgres::NoTls).await;
        let (client, connection) = connected.unwrap();
        tokio::spawn(connection);
        clients.push(client);
    }
    Connections(clients, Default::default())
}

#[test]
fn sessions_in_memory_keep_the_laws() {
    let store = Direct(MemorySessions::default());
    Sessions { store: &store, wait: &|future| kit_store_laws::wait(future) }.hold();
}

#[test]
fn sessions_in_postgres_keep_the_laws() {
    let Some(server) = servers::Postgres::shared() else { return };
    let runtime = runtime();
    for (name, seal) in [("laws", None), ("laws_sealed", Some(Veil))] {
        let tables = tables(name);
        let tables = if let Some(seal) = seal { tables.sealed(seal) } else { tables };
        let postgres = kit_postgres::Postgres::new(runtime.block_on(connect(&server, 8)), tables);
        runtime.block_on(postgres.install()).unwrap();
        Sessions { store: &postgres, wait: &|future| runtime.block_on(future) }.hold();
    }
}

#[test]
fn sessions_in_postgres_keep_the_laws_for_programs_that_block() {
    let Some(server) = servers::Postgres::shared() else { return };
    let clients = (0..8).map(|_| Mutex::new(server.connect().unwrap())).collect();
    let pool = Pool(clients, AtomicUsize::new(0));
    let store = blocking::Postgres::new(pool, tables("laws_blocking"));
    store.install().unwrap();
    let store = Direct(store);
    Sessions { store: &store, wait: &|future| kit_store_laws::wait(future) }.hold();
}
