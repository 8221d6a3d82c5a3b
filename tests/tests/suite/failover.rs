//! Redis after a failover: the server that a connection leads to is the primary no more, or is being loaded.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kit_core::oauth::{AsyncSessionStore, SaveError};
use kit_redis::Keys;
use kit_store_laws::{Direct, Records};
use kit_tests::servers;
use redis::RedisResult;
use tokio::runtime::Runtime;

/// Leads to one server after the other: the next connection goes to the next, and from the last on to that.
#[derive(Clone)]
struct Primaries {
    clients: Arc<Vec<redis::Client>>,
    connections: Arc<AtomicUsize>,
}

impl Primaries {
    fn new(urls: &[String]) -> Self {
        let client = |url: &String| redis::Client::open(url.as_str()).unwrap();
        let clients = Arc::new(urls.iter().map(client).collect());
        Self { clients, connections: Arc::default() }
    }

    fn next(&self) -> &redis::Client {
        let number = self.connections.fetch_add(1, Ordering::SeqCst);
        &self.clients[number.min(self.clients.len() - 1)]
    }
}

impl kit_redis::Connect for Primaries {
    type Connection = redis::aio::MultiplexedConnection;

    async fn connect(&self) -> RedisResult<Self::Connection> {
        self.next().get_multiplexed_async_connection().await
    }
}

impl kit_redis::blocking::Connect for Primaries {
    type Connection = redis::Connection;

    fn connect(&self) -> RedisResult<Self::Connection> {
        self.next().get_connection()
    }
}

/// A server that refuses every command in these words, but for those by which a connection begins.
fn refusing(words: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    let serve = move |mut stream: TcpStream| {
        let mut read = vec![0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut read) {
            let text = String::from_utf8_lossy(&read[..length]);
            let greetings = text.matches("SETINFO").count();
            let refused = format!("-{words}\r\n");
            let reply = if greetings > 0 { "+OK\r\n".repeat(greetings) } else { refused };
            if stream.write_all(reply.as_bytes()).is_err() {
                return;
            }
        }
    };
    std::thread::spawn(move || {
        if let Ok((stream, _)) = listener.accept() {
            serve(stream);
        }
    });
    url
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Saves over what is there, and reads it.
async fn goes_on(store: &impl AsyncSessionStore, key: &str) {
    let records = Records::new();
    let held = store.load(key).await.unwrap();
    let record = records.of(&Records::tokens(7), held.as_ref());
    store.save(key, &record).await.unwrap();
    let read = store.load(key).await.unwrap().unwrap();
    assert_eq!(read.version(), record.version());
    let again = store.save(key, &record).await;
    assert!(again.is_err(), "it replaces what is there no more: {again:?}");
}

#[test]
fn a_server_that_is_the_primary_no_more_is_left() {
    let Some(server) = servers::Redis::shared() else { return };
    for (number, words) in [
        "READONLY You can't write against a read only replica.",
        "LOADING Redis is loading the dataset in memory",
        "MOVED 3999 127.0.0.1:6381",
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
        "CLUSTERDOWN The cluster is down",
    ]
    .into_iter()
    .enumerate()
    {
        let keys = || Keys::with_prefix(&format!("left-{number}")).unwrap();
        let primaries = Primaries::new(&[refusing(words), server.url()]);
        runtime().block_on(goes_on(&kit_redis::Redis::new(primaries.clone(), keys()), "async"));
        assert_eq!(primaries.connections.load(Ordering::SeqCst), 2, "{words}");
        let primaries = Primaries::new(&[refusing(words), server.url()]);
        let redis = Direct(kit_redis::blocking::Redis::new(primaries.clone(), keys()));
        kit_store_laws::wait(Box::pin(goes_on(&redis, "blocking")));
        assert_eq!(primaries.connections.load(Ordering::SeqCst), 2, "{words}");
    }
}

/// A refusal of the server itself is the same on any connection: the command is not repeated.
#[test]
fn an_error_of_another_kind_is_told() {
    let Some(server) = servers::Redis::shared() else { return };
    let primaries = Primaries::new(&[refusing("OOM command not allowed"), server.url()]);
    let redis = kit_redis::Redis::new(primaries.clone(), Keys::with_prefix("told").unwrap());
    let error = runtime().block_on(redis.load("a")).unwrap_err();
    assert!(
        error.to_string().contains("OOM") || error.to_string().contains("command not allowed"),
        "{error}"
    );
    assert_eq!(primaries.connections.load(Ordering::SeqCst), 1);
}

/// A real one: the replica becomes the primary, and the old primary its replica.
#[test]
fn a_session_outlives_a_failover() {
    let (Some(old), Some(new)) = (servers::Redis::start(), servers::Redis::start()) else { return };
    let command = |server: &servers::Redis, words: &[&str]| -> String {
        let client = redis::Client::open(server.url()).unwrap();
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]);
        command.query(&mut client.get_connection().unwrap()).unwrap()
    };
    command(&old, &["CONFIG", "SET", "repl-diskless-sync-delay", "0"]);
    command(&new, &["REPLICAOF", "127.0.0.1", &old.port().to_string()]);
    let is_in_step = || {
        let info = command(&new, &["INFO", "replication"]);
        info.contains("master_link_status:up") && info.contains("master_sync_in_progress:0")
    };
    while !is_in_step() {
        std::thread::yield_now();
    }
    let primaries = Primaries::new(&[old.url(), new.url()]);
    let keys = Keys::with_prefix("failover").unwrap();
    let redis = kit_redis::Redis::new(primaries.clone(), keys);
    let records = Records::new();
    let first = records.of(&Records::tokens(1), None);
    runtime().block_on(async {
        redis.save("a", &first).await.unwrap();
        // The replica has it before it becomes the primary.
        let replica = redis::Client::open(new.url()).unwrap();
        loop {
            let mut connection = replica.get_connection().unwrap();
            let keys: u64 = redis::cmd("DBSIZE").query(&mut connection).unwrap();
            if keys > 0 {
                break;
            }
        }
        command(&new, &["REPLICAOF", "NO", "ONE"]);
        command(&old, &["REPLICAOF", "127.0.0.1", &new.port().to_string()]);
        let second = records.of(&Records::tokens(2), Some(&first));
        redis.save("a", &second).await.expect("it goes to the new primary");
        assert_eq!(primaries.connections.load(Ordering::SeqCst), 2);
        let stale = records.of(&Records::tokens(3), Some(&first));
        assert!(matches!(redis.save("a", &stale).await, Err(SaveError::Conflict)));
        let held = redis.load("a").await.unwrap().unwrap();
        assert_eq!(held.tokens(), second.tokens());
    });
}
