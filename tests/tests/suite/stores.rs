//! Every store is held to the same laws, on real servers.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kit_core::Credentials;
use kit_core::deliveries::AsyncSecretStore as _;
use kit_core::oauth::{
    AsyncSessionStore, ListedSessions, MemorySessions, SaveError, SessionStore as _, StoreError,
};
use kit_core::seal::{Seal, SealError};
use kit_core::webhook_endpoints::{CreateWebhookEndpoint, EventType, SigningSecret};
use kit_emulator::Emulator;
use kit_file_store::FolderStore;
use kit_postgres::{Parameters, PostgresInbox, Tables, blocking};
use kit_redis::Keys;
use kit_store_laws::{Direct, Inbox, Records, Sessions};
use kit_tests::servers::{self, Cut, Cutting};
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
    Connections(clients, AtomicUsize::default())
}

#[test]
fn sessions_in_memory_keep_the_laws() {
    let store = Direct(MemorySessions::default());
    Sessions { store: &store, wait: &|future| kit_store_laws::wait(future) }.hold();
}

#[test]
fn sessions_in_a_folder_keep_the_laws() {
    let folder = tempfile::tempdir().unwrap();
    let store = FolderStore::new(folder.path());
    for store in [store.clone(), store.sealed(Veil)] {
        let store = Direct(store);
        Sessions { store: &store, wait: &|future| kit_store_laws::wait(future) }.hold();
    }
    let error = FolderStore::new(folder.path()).load(&"k".repeat(300)).unwrap_err();
    assert!(error.to_string().contains("kkk"), "{error}");
}

#[test]
fn a_file_that_cannot_be_understood_hides_no_session() {
    let folder = tempfile::tempdir().unwrap();
    let store = FolderStore::new(folder.path());
    let records = Records::new();
    for key in ["a", "b", "c"] {
        store.save(key, &records.of(&Records::tokens(7), None)).unwrap();
    }
    std::fs::write(folder.path().join("b.session"), "what is this").unwrap();
    let keys = |which| {
        let listed = store.list(which, None, 10).unwrap();
        listed.into_iter().map(|session| session.key).collect::<Vec<_>>()
    };
    assert_eq!(keys(ListedSessions::All), ["a", "b", "c"]);
    assert_eq!(keys(ListedSessions::NeedAuthorization), ["b"]);
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

#[test]
fn sessions_in_redis_keep_the_laws() {
    let Some(server) = servers::Redis::shared() else { return };
    let runtime = runtime();
    for (prefix, seal) in [("laws", None), ("laws sealed", Some(Veil))] {
        let keys = Keys::with_prefix(prefix).unwrap();
        let keys = if let Some(seal) = seal { keys.sealed(seal) } else { keys };
        let client = redis::Client::open(server.url()).unwrap();
        let redis = kit_redis::Redis::new(client, keys);
        Sessions { store: &redis, wait: &|future| runtime.block_on(future) }.hold();
    }
}

#[test]
fn sessions_in_redis_keep_the_laws_for_programs_that_block() {
    let Some(server) = servers::Redis::shared() else { return };
    let client = redis::Client::open(server.url()).unwrap();
    let keys = Keys::with_prefix("laws blocking").unwrap();
    let store = Direct(kit_redis::blocking::Redis::new(client, keys));
    Sessions { store: &store, wait: &|future| kit_store_laws::wait(future) }.hold();
}

async fn connect_by(port: u16) -> Result<tokio_postgres::Client, StoreError> {
    let config = servers::Postgres::config_of(port);
    let (client, connection) = tokio_postgres::connect(&config, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// One connection, which is made anew after it broke.
struct Again(u16, tokio::sync::Mutex<tokio_postgres::Client>);

impl Again {
    async fn by(port: u16) -> Self {
        Self(port, tokio::sync::Mutex::new(connect_by(port).await.unwrap()))
    }
}

impl kit_postgres::Database for Again {
    async fn rows(
        &self,
        statement: &str,
        parameters: &Parameters<'_>,
    ) -> Result<Vec<tokio_postgres::Row>, StoreError> {
        let mut client = self.1.lock().await;
        let done = client.rows(statement, parameters).await;
        if done.is_err() {
            *client = connect_by(self.0).await?;
        }
        done
    }

    async fn run(&self, statement: &str) -> Result<(), StoreError> {
        self.1.lock().await.run(statement).await
    }
}

/// A save whose reply is lost is no failure. A request that never got to the server is sent again where
/// `is_repeated` says so, and is a failure otherwise.
async fn lose_replies(store: &impl AsyncSessionStore, proxy: &Cutting, is_repeated: bool) {
    let records = Records::new();
    let mut held = None;
    for number in 0..20 {
        let record = records.of(&Records::tokens(number), held.as_ref());
        proxy.cut_next(Cut::Reply);
        store.save("a", &record).await.expect("the row is as it was to be");
        assert!(proxy.has_cut());
        held = store.load("a").await.unwrap();
        assert_eq!(held.as_ref().unwrap().tokens(), record.tokens());
        // What was a conflict is not taken for a success.
        let other = records.of(&Records::tokens(1000), None);
        proxy.cut_next(Cut::Reply);
        let saved = store.save("a", &other).await;
        assert!(matches!(saved, Err(SaveError::Conflict | SaveError::Failed(_))), "{saved:?}");
        assert!(proxy.has_cut());
        let next = records.of(&Records::tokens(2000 + number), held.as_ref());
        proxy.cut_next(Cut::Request);
        let saved = store.save("a", &next).await;
        assert!(proxy.has_cut());
        assert_eq!(saved.is_ok(), is_repeated, "{saved:?}");
        held = store.load("a").await.unwrap();
        let is_next = held.as_ref().unwrap().tokens() == next.tokens();
        assert_eq!(is_next, is_repeated, "what is told is what was done");
    }
    assert!(store.delete("a", held.unwrap().version()).await.unwrap());
}

#[test]
fn a_lost_reply_of_postgres_is_looked_up() {
    let Some(server) = servers::Postgres::shared() else { return };
    let (runtime, proxy) = (runtime(), Cutting::before(server.port()));
    runtime.block_on(async {
        let database = Again::by(proxy.port()).await;
        let postgres = kit_postgres::Postgres::new(database, tables("lost"));
        postgres.install().await.unwrap();
        lose_replies(&postgres, &proxy, false).await;
    });
}

#[test]
fn a_lost_reply_of_redis_is_asked_for_again() {
    let Some(server) = servers::Redis::shared() else { return };
    let (runtime, proxy) = (runtime(), Cutting::before(server.port()));
    let client = redis::Client::open(format!("redis://127.0.0.1:{}", proxy.port())).unwrap();
    let redis = kit_redis::Redis::new(client.clone(), Keys::with_prefix("lost").unwrap());
    runtime.block_on(async {
        // The connection is there before it is cut.
        assert_eq!(redis.load("a").await.unwrap(), None);
        lose_replies(&redis, &proxy, true).await;
    });
    let keys = Keys::with_prefix("lost blocking").unwrap();
    let redis = Direct(kit_redis::blocking::Redis::new(client, keys));
    kit_store_laws::wait(Box::pin(async {
        assert_eq!(redis.load("a").await.unwrap(), None);
        lose_replies(&redis, &proxy, true).await;
    }));
}

#[test]
fn eight_processes_install_at_once() {
    let Some(server) = servers::Postgres::shared() else { return };
    runtime().block_on(async {
        let process = async || {
            let client = connect_by(server.port()).await.unwrap();
            kit_postgres::Postgres::new(client, tables("at_once"))
        };
        let mut installing = Vec::new();
        for _ in 0..8 {
            let postgres = process().await;
            installing.push(tokio::spawn(async move { postgres.install().await }));
        }
        for installed in installing {
            installed.await.unwrap().unwrap();
        }
        let postgres = process().await;
        postgres.install().await.expect("it can be repeated");
        let newer = connect_by(server.port()).await.unwrap();
        newer.batch_execute("UPDATE at_once.k_version SET version = version + 1").await.unwrap();
        let error = postgres.install().await.unwrap_err();
        let text = error.to_string();
        let expected = "the tables of kit-postgres have version 2, and this program knows up to 1";
        assert!(text.contains(expected), "{text}");
    });
}

#[test]
fn a_sealed_database_shows_no_tokens() {
    let Some(server) = servers::Postgres::shared() else { return };
    runtime().block_on(async {
        for (name, is_sealed) in [("shown", false), ("veiled", true)] {
            let tables = if is_sealed { tables(name).sealed(Veil) } else { tables(name) };
            let client = connect_by(server.port()).await.unwrap();
            let postgres = kit_postgres::Postgres::new(client, tables);
            postgres.install().await.unwrap();
            let record = Records::new().of(&Records::tokens(7), None);
            postgres.save("a", &record).await.unwrap();
            // All that somebody sees who has the tables.
            let client = connect_by(server.port()).await.unwrap();
            let row = format!("SELECT t::text, encode(record, 'escape') FROM {name}.k_session t");
            let row = client.query_one(&row, &[]).await.unwrap();
            let text = format!("{}{}", row.get::<_, String>(0), row.get::<_, String>(1));
            let is_shown = text.contains("access-7") && text.contains("refresh-7");
            assert_eq!(is_shown, !is_sealed, "{text}");
            // Moved to another account, the text opens nothing.
            let moved = format!("UPDATE {name}.k_session SET key = 'b'");
            client.batch_execute(&moved).await.unwrap();
            assert_eq!(postgres.load("b").await.is_err(), is_sealed);
        }
    });
}

#[test]
fn a_secret_is_rotated_in_the_database() {
    let Some(server) = servers::Postgres::shared() else { return };
    runtime().block_on(async {
        for (name, is_sealed) in [("secrets", false), ("secrets_sealed", true)] {
            let tables = if is_sealed { tables(name).sealed(Veil) } else { tables(name) };
            let client = connect_by(server.port()).await.unwrap();
            let postgres = kit_postgres::Postgres::new(client, tables.clone());
            postgres.install().await.unwrap();
            let secrets = async |name: &str| {
                let found = postgres.secrets(name).await.unwrap();
                found.iter().map(|secret| secret.secret().to_owned()).collect::<Vec<_>>()
            };
            let set = async |name: &str, secret: &str, overlap: Duration| {
                let secret = SigningSecret::new(secret);
                postgres.set_secret(name, &secret, overlap).await.unwrap();
            };
            assert!(secrets("a").await.is_empty());
            set("a", "whsec_1", Duration::ZERO).await;
            set("b", "whsec_b", Duration::ZERO).await;
            assert_eq!(secrets("a").await, ["whsec_1"]);
            // For a day both are good, and the newer comes first.
            set("a", "whsec_2", Duration::from_secs(86_400)).await;
            assert_eq!(secrets("a").await, ["whsec_2", "whsec_1"]);
            // Somebody has seen it: the others end now.
            set("a", "whsec_3", Duration::ZERO).await;
            assert_eq!(secrets("a").await, ["whsec_3"]);
            set("a", "whsec_4", Duration::MAX).await;
            assert_eq!(secrets("a").await, ["whsec_4", "whsec_3"]);
            assert_eq!(secrets("b").await, ["whsec_b"]);
            postgres.delete_secrets("a").await.unwrap();
            assert!(secrets("a").await.is_empty());
            assert_eq!(secrets("b").await, ["whsec_b"]);
            // Two at the same moment, over connections of their own: one of them is the newest, and ends the other.
            let connections = connect(&server, 8).await;
            let rotating = kit_postgres::Postgres::new(Arc::new(connections), tables.clone());
            set("c", "whsec_c", Duration::ZERO).await;
            for name in ["c", "new"] {
                let mut rotations = tokio::task::JoinSet::new();
                for number in 0..8 {
                    let rotating = rotating.clone();
                    rotations.spawn(async move {
                        let secret = SigningSecret::new(format!("whsec_{number}"));
                        rotating.set_secret(name, &secret, Duration::ZERO).await.unwrap();
                    });
                }
                rotations.join_all().await;
                assert_eq!(secrets(name).await.len(), 1, "{name}");
            }
            let client = connect_by(server.port()).await.unwrap();
            let row =
                format!("SELECT encode(secret, 'escape') FROM {name}.k_secret WHERE name = 'b'");
            let text: String = client.query_one(&row, &[]).await.unwrap().get(0);
            assert_eq!(text.contains("whsec"), !is_sealed);
        }
    });
}

async fn install(server: &servers::Postgres, tables: &Tables) {
    let client = connect_by(server.port()).await.unwrap();
    kit_postgres::Postgres::new(client, tables.clone()).install().await.unwrap();
}

#[test]
fn an_inbox_in_postgres_keeps_the_laws() {
    let Some(server) = servers::Postgres::shared() else { return };
    let runtime = runtime();
    for (name, seal, is_in_order) in
        [("inbox", None, false), ("inbox_sealed", Some(Veil), false), ("inbox_order", None, true)]
    {
        let tables = tables(name);
        let tables = if let Some(seal) = seal { tables.sealed(seal) } else { tables };
        runtime.block_on(install(&server, &tables));
        let database = runtime.block_on(connect(&server, 8));
        let mut inbox = PostgresInbox::new(database, tables);
        if is_in_order {
            inbox = inbox.in_order_of_subscribers();
        }
        Inbox { inbox: &inbox, wait: &|future| runtime.block_on(future) }.hold();
    }
}

/// Eight replicas that start together: each sees to it that the account has one endpoint whose secret is known.
#[test]
fn eight_processes_set_up_one_endpoint() {
    let Some(server) = servers::Postgres::shared() else { return };
    let emulator = Emulator::start().unwrap();
    let runtime = runtime();
    runtime.block_on(async {
        let tables = tables("set_up");
        install(&server, &tables).await;
        let mut processes = Vec::new();
        for _ in 0..8 {
            let mut client = connect_by(server.port()).await.unwrap();
            let own = connect_by(server.port()).await.unwrap();
            let postgres = kit_postgres::Postgres::new(own, tables.clone());
            let kit = kit_hyper::Client::builder().base_url(emulator.base_url());
            let kit = kit.build(Credentials::api_key(emulator.api_key())).unwrap();
            processes.push(tokio::spawn(async move {
                let transaction = client.transaction().await.unwrap();
                postgres.lock(&transaction, "account-9").await.unwrap();
                if postgres.secrets("account-9").await.unwrap().is_empty() {
                    let events = [EventType::SubscriberCreated];
                    let create = CreateWebhookEndpoint::new("https://example.com/kit", events);
                    let created = kit.send(&create.unwrap()).await.unwrap();
                    postgres
                        .set_secret("account-9", &created.secret, Duration::ZERO)
                        .await
                        .unwrap();
                }
                transaction.commit().await.unwrap();
            }));
        }
        for process in processes {
            process.await.unwrap();
        }
        let client = connect_by(server.port()).await.unwrap();
        let secrets =
            kit_postgres::Postgres::new(client, tables).secrets("account-9").await.unwrap();
        let [endpoint] = &*emulator.webhook_endpoints() else { panic!("one endpoint") };
        assert_eq!((secrets.len(), secrets[0].secret()), (1, endpoint.secret.as_str()));
    });
}
