//! A receiver whose events are in an inbox that several processes share, in PostgreSQL.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use kit_core::deliveries::{AfterFailure, AsyncInbox as _, DeliveredEvent, EventData, InboxEvent};
use kit_postgres::{Postgres, PostgresInbox, Tables};
use kit_receiver::{Builder, Events, Receiver};
use kit_tests::receiver::sign;
use kit_tests::servers::{self, Pool};
use tokio_postgres::{Client, NoTls};
use tower_service::Service as _;

const SECRET: &str = "whsec_test";

async fn connect(server: &servers::Postgres) -> Client {
    let (client, connection) = tokio_postgres::connect(&server.config(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

type Inbox = PostgresInbox<Arc<Pool>>;

/// An inbox in tables of this test alone.
async fn inbox(server: &servers::Postgres, name: &str) -> Inbox {
    let (pool, tables) = (Pool::by(server.port()), Tables::named(name, "").unwrap());
    Postgres::new(pool.clone(), tables.clone()).install().await.unwrap();
    PostgresInbox::new(pool, tables)
}

fn builder(inbox: &Inbox) -> Builder {
    Receiver::builder([SECRET]).inbox(inbox.clone())
}

async fn deliver(receiver: &Receiver, ids: &[&str]) -> u16 {
    let event = |id: &&str| {
        format!(r#"{{"id":"{id}","type":"tag.moved","created":"2026-07-29T14:32:10Z","data":[]}}"#)
    };
    let events: Vec<_> = ids.iter().map(event).collect();
    let body = format!(r#"{{"delivery_id":1,"events":[{}]}}"#, events.join(","));
    let request = Request::post("/")
        .header("x-kit-signature", sign(SECRET, body.as_bytes()))
        .body(Full::new(Bytes::from(body)));
    receiver.clone().call(request.unwrap()).await.unwrap().status().as_u16()
}

/// Handles all events until there are none for a while; the ids of those that were done.
async fn handle_all(events: &Events) -> Vec<String> {
    let mut handled = Vec::new();
    while let Ok(Some(taken)) =
        tokio::time::timeout(Duration::from_millis(300), events.next()).await
    {
        handled.push(taken.event.id.to_string());
        taken.done().await.unwrap();
    }
    handled
}

#[tokio::test]
async fn an_event_is_handled_by_one_of_the_processes() {
    let Some(server) = servers::Postgres::shared() else { return };
    let inbox = inbox(&server, "processes").await;
    let processes: Vec<_> = (0..3).map(|_| builder(&inbox).build().unwrap()).collect();
    let ids: Vec<String> = (0..60).map(|id| id.to_string()).collect();
    for (number, ids) in ids.chunks(5).enumerate() {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        // Kit is not sure that it arrived, and comes to another process.
        for process in [number, number + 1] {
            assert_eq!(deliver(&processes[process % 3].0, &ids).await, 204);
        }
    }
    let handling = processes.iter().map(|(_, events)| {
        let events = events.clone();
        tokio::spawn(async move { handle_all(&events).await })
    });
    let mut handled = Vec::new();
    for handling in handling.collect::<Vec<_>>() {
        handled.extend(handling.await.unwrap());
    }
    handled.sort_by_key(|id| id.parse::<u32>().unwrap());
    assert_eq!(handled, ids);
    assert_eq!(deliver(&processes[0].0, &["7"]).await, 204);
    assert!(handle_all(&processes[1].1).await.is_empty(), "it was handled before");
}

#[tokio::test]
async fn an_event_of_a_process_that_crashed_is_handled_by_another() {
    let Some(server) = servers::Postgres::shared() else { return };
    let inbox = inbox(&server, "crash").await;
    let (receiver, events) = builder(&inbox).build().unwrap();
    let crashing = std::thread::spawn({
        let (pool, tables) = (Pool::by(server.port()), Tables::named("crash", "").unwrap());
        let inbox = PostgresInbox::new(pool, tables);
        move || {
            // A process of its own, as far as a runtime is one.
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let lease = Duration::from_secs(1);
            runtime.block_on(async {
                let (receiver, events) = builder(&inbox).lease(lease).build().unwrap();
                assert_eq!(deliver(&receiver, &["a", "b"]).await, 204);
                let taken = events.next().await.unwrap();
                std::mem::forget(taken);
            });
            runtime.shutdown_background();
        }
    });
    crashing.join().unwrap();
    let start = Instant::now();
    for id in ["a", "b"] {
        let taken = events.next().await.unwrap();
        assert_eq!(taken.event.id.as_str(), id);
        assert_eq!(taken.attempts(), 2, "another process has claimed it");
        taken.done().await.unwrap();
    }
    assert!(start.elapsed() < Duration::from_secs(10));
    drop(receiver);
}

#[tokio::test]
async fn a_claim_is_renewed_as_long_as_the_event_is_handled() {
    let Some(server) = servers::Postgres::shared() else { return };
    let inbox = inbox(&server, "renewed").await;
    let lease = Duration::from_secs(1);
    let (receiver, events) = builder(&inbox).lease(lease).build().unwrap();
    let (_, other) = builder(&inbox).lease(lease).build().unwrap();
    assert_eq!(deliver(&receiver, &["a"]).await, 204);
    let taken = events.next().await.unwrap();
    let another = tokio::time::timeout(lease * 5 / 2, other.next()).await;
    assert!(another.is_err(), "it is still being handled");
    assert!(!taken.is_lost());
    taken.done().await.unwrap();
}

#[tokio::test]
async fn one_who_has_lost_the_claim_is_told() {
    let Some(server) = servers::Postgres::shared() else { return };
    let inbox = inbox(&server, "told").await;
    let (receiver, events) = builder(&inbox).lease(Duration::from_secs(1)).build().unwrap();
    let (_, other) = builder(&inbox).build().unwrap();
    assert_eq!(deliver(&receiver, &["a"]).await, 204);
    let taken = events.next().await.unwrap();
    // This process stands still for longer than its lease.
    let client = connect(&server).await;
    client.batch_execute("UPDATE told.event SET due_at = now() - interval '1 s'").await.unwrap();
    let again = other.next().await.unwrap();
    assert_eq!(again.attempts(), 2);
    let start = Instant::now();
    while !taken.is_lost() {
        assert!(start.elapsed() < Duration::from_secs(20));
        tokio::task::yield_now().await;
    }
    let error = taken.done().await.unwrap_err().to_string();
    assert!(error.contains("its claim has ended"), "{error}");
    again.done().await.unwrap();
    assert!(handle_all(&events).await.is_empty());
}

#[tokio::test]
async fn an_event_that_fails_is_set_aside_in_the_end() {
    let Some(server) = servers::Postgres::shared() else { return };
    let inbox = inbox(&server, "failing").await;
    let wait = Duration::from_millis(20);
    let (receiver, events) = builder(&inbox).backoff(wait, wait).max_attempts(3).build().unwrap();
    assert_eq!(deliver(&receiver, &["a"]).await, 204);
    for attempt in 1..=3 {
        let taken = events.next().await.unwrap();
        assert_eq!(taken.attempts(), attempt);
        if attempt == 2 {
            drop(taken);
        } else {
            taken.failed(format!("fault {attempt}")).await.unwrap();
        }
    }
    assert!(handle_all(&events).await.is_empty());
    let aside = events.set_aside(9).await.unwrap();
    assert_eq!((aside.len(), aside[0].attempts, aside[0].error.as_str()), (1, 3, "fault 3"));
    assert!(events.put_back(&aside[0]).await.unwrap());
    assert!(!events.put_back(&aside[0]).await.unwrap());
    assert_eq!(handle_all(&events).await, ["a"]);
    assert!(events.set_aside(9).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_effect_in_the_same_transaction_happens_once() {
    let Some(server) = servers::Postgres::shared() else { return };
    let inbox = inbox(&server, "once").await;
    let (receiver, events) =
        builder(&inbox).backoff(Duration::ZERO, Duration::ZERO).build().unwrap();
    let mut client = connect(&server).await;
    client.batch_execute("CREATE TABLE once.effect (id text)").await.unwrap();
    assert_eq!(deliver(&receiver, &["a"]).await, 204);
    let statement = "INSERT INTO once.effect VALUES ('a')";
    // Rolled back: the event comes again.
    let taken = events.next().await.unwrap();
    let transaction = client.transaction().await.unwrap();
    transaction.batch_execute(statement).await.unwrap();
    assert!(inbox.done_in(&transaction, taken.claim().unwrap()).await.unwrap());
    transaction.rollback().await.unwrap();
    drop(taken);
    // Committed: it does not, although the program forgets to say so.
    let taken = events.next().await.unwrap();
    let transaction = client.transaction().await.unwrap();
    transaction.batch_execute(statement).await.unwrap();
    assert!(inbox.done_in(&transaction, taken.claim().unwrap()).await.unwrap());
    transaction.commit().await.unwrap();
    let claim = taken.claim().unwrap().clone();
    drop(taken);
    assert!(handle_all(&events).await.is_empty());
    let count: i64 =
        client.query_one("SELECT count(*) FROM once.effect", &[]).await.unwrap().get(0);
    assert_eq!(count, 1);
    // One whose claim has ended is told, and rolls back.
    let lost = kit_core::deliveries::Claim::new(claim.source, claim.id, [0; 16]);
    let transaction = client.transaction().await.unwrap();
    assert!(!inbox.done_in(&transaction, &lost).await.unwrap());
}

fn of_subscriber(id: &str, subscriber: u64) -> InboxEvent {
    let json = format!(
        r#"{{"id":"{id}","type":"subscriber.created","created":"2026-07-29T14:32:10Z","data":{{"subscriber":{{
            "id":{subscriber},"first_name":null,"email_address":"a@b.c","state":"active",
            "created_at":"2026-07-29T14:32:10Z","fields":{{}}}}}}}}"#
    );
    InboxEvent::new("s", serde_json::from_str(&json).unwrap())
}

fn of_nobody(id: &str) -> InboxEvent {
    let created = "2026-07-29T14:32:10Z".parse().unwrap();
    let data = EventData::Other(serde_json::Value::Null);
    InboxEvent::new("s", DeliveredEvent::new(id, "tag.moved".into(), created, data))
}

#[tokio::test]
async fn events_of_one_subscriber_come_in_order_on_request() {
    let Some(server) = servers::Postgres::shared() else { return };
    let lease = Duration::from_secs(60);
    for is_in_order in [false, true] {
        let name = if is_in_order { "in_order" } else { "any_order" };
        let mut inbox = inbox(&server, name).await;
        if is_in_order {
            inbox = inbox.in_order_of_subscribers();
        }
        let events = [
            of_subscriber("a1", 1),
            of_subscriber("b1", 2),
            of_subscriber("a2", 1),
            of_nobody("n1"),
            of_nobody("n2"),
        ];
        inbox.put(&events).await.unwrap();
        let claimed = inbox.claim(9, lease).await.unwrap();
        let ids: Vec<_> = claimed.iter().map(|claimed| claimed.claim.id.to_string()).collect();
        if !is_in_order {
            assert_eq!(ids, ["a1", "b1", "a2", "n1", "n2"]);
            continue;
        }
        assert_eq!(ids, ["a1", "b1", "n1", "n2"]);
        // One that failed holds up the next.
        let wait = AfterFailure::Again(Duration::from_secs(60));
        assert!(inbox.failed(&claimed[0].claim, "no", wait).await.unwrap());
        assert!(inbox.claim(9, lease).await.unwrap().is_empty());
        let client = connect(&server).await;
        client
            .batch_execute("UPDATE in_order.event SET due_at = now() WHERE id = 'a1'")
            .await
            .unwrap();
        let again = inbox.claim(9, lease).await.unwrap();
        assert_eq!(again.len(), 1);
        // And no longer, once it is set aside.
        assert!(inbox.failed(&again[0].claim, "no", AfterFailure::SetAside).await.unwrap());
        let next = inbox.claim(9, lease).await.unwrap();
        assert_eq!(next[0].claim.id.as_str(), "a2");
    }
}

#[tokio::test]
async fn what_is_old_is_forgotten() {
    let Some(server) = servers::Postgres::shared() else { return };
    let inbox = inbox(&server, "old").await;
    let ids: Vec<String> = (0..1200).map(|id| format!("e{id}")).collect();
    let events: Vec<_> = ids.iter().map(|id| of_nobody(id)).collect();
    inbox.put(&events).await.unwrap();
    let claimed = inbox.claim(1199, Duration::from_secs(60)).await.unwrap();
    for claimed in &claimed {
        assert!(inbox.done(&claimed.claim).await.unwrap());
    }
    assert!(!inbox.tidy().await.unwrap(), "nothing is old");
    let client = connect(&server).await;
    let count = async |what: &str| {
        let count = format!("SELECT count({what}) FROM old.event");
        client.query_one(&count, &[]).await.unwrap().get::<_, i64>(0)
    };
    let age = async |days: u32| {
        let age = format!(
            "UPDATE old.event SET done_at = now() - interval '{days} days' WHERE state = 1"
        );
        client.batch_execute(&age).await.unwrap();
    };
    age(8).await;
    let mut times = 1;
    while inbox.tidy().await.unwrap() {
        times += 1;
    }
    assert_eq!((times, count("content").await, count("*").await), (3, 1, 1200));
    inbox.put(&events[..1]).await.unwrap();
    assert_eq!(count("content").await, 1, "it is remembered that it was there");
    age(32).await;
    while inbox.tidy().await.unwrap() {}
    assert_eq!((count("content").await, count("*").await), (1, 1), "one was not handled");
}

/// Without a hint, an event would wait for the next look, a second at most.
#[tokio::test]
async fn a_notification_is_a_hint() {
    let Some(server) = servers::Postgres::shared() else { return };
    let inbox = inbox(&server, "hint").await;
    let (_, events) = builder(&inbox).build().unwrap();
    let (listening, mut connection) =
        tokio_postgres::connect(&server.config(), NoTls).await.unwrap();
    let woken = inbox.clone();
    tokio::spawn(async move {
        while let Some(Ok(message)) = std::future::poll_fn(|cx| connection.poll_message(cx)).await {
            if let tokio_postgres::AsyncMessage::Notification(_) = message {
                woken.wake();
            }
        }
    });
    let channel = Tables::named("hint", "").unwrap().channel().to_owned();
    listening.batch_execute(&format!("LISTEN {channel}")).await.unwrap();
    let other_process =
        PostgresInbox::new(Pool::by(server.port()), Tables::named("hint", "").unwrap());
    let mut fastest = Duration::MAX;
    for number in 0..5 {
        let next = tokio::spawn({
            let events = events.clone();
            async move { events.next().await.unwrap() }
        });
        // It looks, finds nothing, and waits.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let start = Instant::now();
        other_process.put(&[of_nobody(&number.to_string())]).await.unwrap();
        next.await.unwrap().done().await.unwrap();
        fastest = fastest.min(start.elapsed());
    }
    assert!(fastest < Duration::from_millis(500), "{fastest:?}");
}

#[tokio::test]
async fn a_database_that_is_down_is_told_of_and_loses_nothing() {
    let Some(server) = servers::Postgres::start() else { return };
    let inbox = inbox(&server, "down").await;
    let told = Arc::new(Mutex::new(BTreeMap::<bool, usize>::new()));
    let tell = told.clone();
    let builder =
        builder(&inbox).on_error(move |_| *tell.lock().unwrap().entry(true).or_default() += 1);
    let (receiver, events) = builder.build().unwrap();
    assert_eq!(deliver(&receiver, &["a"]).await, 204);
    server.crash();
    assert_eq!(deliver(&receiver, &["b"]).await, 503, "Kit is asked to come again");
    assert!(told.lock().unwrap()[&true] > 0);
    let waiting = tokio::spawn(async move { handle_all_of(&events, 2).await });
    assert!(server.restart());
    assert_eq!(deliver(&receiver, &["b"]).await, 204);
    assert_eq!(waiting.await.unwrap(), ["a", "b"]);
}

/// Deliveries until the disk is full: it is told of, and what was acknowledged is handled once there is room again.
#[tokio::test]
async fn a_full_disk_is_told_of_and_loses_nothing() {
    let Some((server, disk)) = servers::Postgres::start_on_small_disk(100) else { return };
    // A word of SQL may be the name of a schema.
    let in_database = inbox(&server, "full").await;
    let state = disk.join("state.jsonl");
    let builders: [Box<dyn Fn() -> Builder>; 2] = [
        Box::new(|| builder(&in_database)),
        Box::new(|| Receiver::builder([SECRET]).state_file(&state)),
    ];
    for builder in builders {
        let told = Arc::new(Mutex::new(String::new()));
        let tell = told.clone();
        let tell = move |error: &std::io::Error| *tell.lock().unwrap() = error.to_string();
        let (receiver, events) = builder().on_error(tell).build().unwrap();
        // All that is left of the disk but half a megabyte.
        let ballast = disk.join("ballast");
        fill(&ballast, 512 * 1024);
        let (mut acknowledged, mut refused) = (Vec::new(), Vec::new());
        // Names that are long fill the disk sooner.
        let ids = (0..).map(|number| format!("{number:05}-{}", "x".repeat(2000)));
        for id in ids {
            match deliver(&receiver, &[&id]).await {
                204 => acknowledged.push(id),
                503 => refused.push(id),
                status => panic!("{status}"),
            }
            if refused.len() == 3 {
                break;
            }
        }
        assert!(acknowledged.len() > 20, "{}", acknowledged.len());
        assert!(told.lock().unwrap().to_lowercase().contains("no space left"), "{told:?}");
        std::fs::remove_file(ballast).unwrap();
        // Kit comes again with what was refused, and by mistake with what was not.
        for id in refused.iter().chain(&acknowledged[..3]) {
            assert_eq!(deliver(&receiver, &[id]).await, 204);
        }
        let mut handled = handle_all_of(&events, acknowledged.len() + refused.len()).await;
        handled.sort_unstable();
        acknowledged.append(&mut refused);
        acknowledged.sort_unstable();
        assert_eq!(handled, acknowledged);
    }
}

/// Writes a file that leaves this many bytes of its disk.
fn fill(path: &std::path::Path, left: u64) {
    use std::io::Write as _;
    let mut file = std::fs::File::create(path).unwrap();
    while file.write_all(&[0; 16 * 1024]).is_ok() {}
    let length = file.metadata().unwrap().len();
    file.set_len(length.saturating_sub(left)).unwrap();
}

async fn handle_all_of(events: &Events, count: usize) -> Vec<String> {
    let mut handled = Vec::new();
    while handled.len() < count {
        let taken = events.next().await.unwrap();
        handled.push(taken.event.id.to_string());
        taken.done().await.unwrap();
    }
    handled
}

#[tokio::test]
async fn a_receiver_that_is_closed_leaves_the_rest_to_others() {
    let Some(server) = servers::Postgres::shared() else { return };
    let inbox = inbox(&server, "closed").await;
    let (receiver, events) = builder(&inbox).build().unwrap();
    let (_, other) = builder(&inbox).build().unwrap();
    assert_eq!(deliver(&receiver, &["a"]).await, 204);
    assert_eq!(handle_all_of(&events, 1).await, ["a"]);
    let waiting = tokio::spawn({
        let events = events.clone();
        async move { events.next().await.is_none() }
    });
    tokio::task::yield_now().await;
    receiver.close();
    assert!(receiver.is_closed());
    assert!(waiting.await.unwrap());
    assert_eq!(deliver(&receiver, &["b"]).await, 503);
    inbox.put(&[of_nobody("b")]).await.unwrap();
    assert!(events.next().await.is_none());
    assert_eq!(handle_all_of(&other, 1).await, ["b"]);
}

/// Without a runtime on its thread, nobody can tell the inbox.
#[tokio::test]
async fn an_event_that_is_dropped_anywhere_comes_again() {
    let Some(server) = servers::Postgres::shared() else { return };
    let inbox = inbox(&server, "dropped").await;
    let (receiver, events) = builder(&inbox).lease(Duration::from_secs(1)).build().unwrap();
    let (_, other) = builder(&inbox).build().unwrap();
    assert_eq!(deliver(&receiver, &["a", "b", "c"]).await, 204);
    let taken = events.next().await.unwrap();
    std::thread::spawn(move || drop(taken)).join().unwrap();
    // One whose end nobody waits for.
    let cancelled = events.next().await.unwrap();
    drop(tokio::time::timeout(Duration::ZERO, cancelled.done()).await);
    // And one that nobody takes any more, although the receiver lives.
    drop(events);
    let start = Instant::now();
    let mut ids = Vec::new();
    while !["a", "c"].iter().all(|id| ids.iter().any(|came| came == id)) {
        let taken = tokio::time::timeout(Duration::from_secs(20), other.next()).await.unwrap();
        ids.push(taken.unwrap().event.id.to_string());
    }
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn whoever_stops_waiting_loses_no_event() {
    let Some(server) = servers::Postgres::shared() else { return };
    let inbox = inbox(&server, "cancelled").await;
    let (receiver, events) = builder(&inbox).build().unwrap();
    let ids: Vec<String> = (0..40).map(|id| id.to_string()).collect();
    assert_eq!(deliver(&receiver, &ids.iter().map(String::as_str).collect::<Vec<_>>()).await, 204);
    let start = Instant::now();
    let mut handled = Vec::new();
    while handled.len() < ids.len() {
        // Shorter than a statement takes, mostly.
        let wait = Duration::from_micros(fastrand::u64(..1500));
        if let Ok(Some(taken)) = tokio::time::timeout(wait, events.next()).await {
            handled.push(taken.event.id.to_string());
            taken.done().await.unwrap();
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{} of {}", handled.len(), ids.len());
    }
    assert_eq!(handled, ids);
}

#[tokio::test]
async fn an_event_that_ends_its_process_is_set_aside() {
    let Some(server) = servers::Postgres::shared() else { return };
    let inbox = inbox(&server, "poison").await;
    let (receiver, events) = builder(&inbox).max_attempts(2).build().unwrap();
    assert_eq!(deliver(&receiver, &["a"]).await, 204);
    for _ in 0..2 {
        // Processes that claim it, and are gone.
        assert_eq!(inbox.claim(1, Duration::ZERO).await.unwrap().len(), 1);
    }
    assert!(handle_all(&events).await.is_empty());
    let aside = events.set_aside(9).await.unwrap();
    assert_eq!((aside.len(), aside[0].attempts), (1, 3));
    assert!(aside[0].error.contains("ended before it was done"), "{}", aside[0].error);
}

/// The thread of the runtime is blocked, as if the process had been stopped.
#[tokio::test]
async fn a_claim_ends_by_this_processs_own_clock() {
    let Some(server) = servers::Postgres::shared() else { return };
    let inbox = inbox(&server, "clock").await;
    let (receiver, events) = builder(&inbox).lease(Duration::from_secs(1)).build().unwrap();
    assert_eq!(deliver(&receiver, &["a", "b"]).await, 204);
    let taken = events.next().await.unwrap();
    assert!(!taken.is_lost());
    std::thread::sleep(Duration::from_millis(1100));
    assert!(taken.is_lost());
}

/// A transaction that takes long holds up no other renewal.
#[tokio::test]
async fn an_open_transaction_holds_up_no_renewal() {
    let Some(server) = servers::Postgres::shared() else { return };
    let inbox = inbox(&server, "open").await;
    let lease = Duration::from_secs(600);
    inbox.put(&[of_nobody("a"), of_nobody("b")]).await.unwrap();
    let claimed = inbox.claim(2, Duration::from_millis(1)).await.unwrap();
    let claims: Vec<_> = claimed.into_iter().map(|claimed| claimed.claim).collect();
    let mut client = connect(&server).await;
    let transaction = client.transaction().await.unwrap();
    assert!(inbox.done_in(&transaction, &claims[0]).await.unwrap());
    let renewed = inbox.renew(&claims, lease).await.unwrap();
    assert_eq!(renewed.len(), 2, "both are still held");
    assert!(
        inbox.claim(9, lease).await.unwrap().is_empty(),
        "the one is locked, the other renewed"
    );
    transaction.commit().await.unwrap();
    assert_eq!(inbox.renew(&claims, lease).await.unwrap(), claims[1..]);
}

/// Its seal is of another key, say.
#[tokio::test]
async fn an_event_that_cannot_be_read_holds_up_no_other() {
    let Some(server) = servers::Postgres::shared() else { return };
    let inbox = inbox(&server, "unreadable").await;
    let events: Vec<_> = ["a", "b", "c"].iter().map(|id| of_nobody(id)).collect();
    inbox.put(&events).await.unwrap();
    let client = connect(&server).await;
    client.batch_execute("UPDATE unreadable.event SET content = 'x' WHERE id = 'a'").await.unwrap();
    let lease = Duration::from_secs(60);
    let claimed = inbox.claim(9, lease).await.unwrap();
    let ids: Vec<_> = claimed.iter().map(|claimed| claimed.claim.id.as_str()).collect();
    assert_eq!(ids, ["b", "c"]);
    client
        .batch_execute("UPDATE unreadable.event SET due_at = now() WHERE id = 'a'")
        .await
        .unwrap();
    let error = inbox.claim(9, lease).await.unwrap_err().to_string();
    assert!(error.contains("the event a cannot be read"), "{error}");
    assert!(inbox.claim(9, lease).await.unwrap().is_empty(), "it waits");
}
