//! Catching up on deliveries that Kit has given up, from the log of an endpoint.

use std::time::Duration;

use kit_core::Credentials;
use kit_core::deliveries::{AsyncInbox as _, Delivery, InboxEvent};
use kit_core::sync::{CatchUp, LogCursor};
use kit_core::webhook_endpoints::{CreateWebhookEndpoint, EventType};
use kit_emulator::Emulator;
use kit_hyper::Client;
use kit_postgres::{Postgres, PostgresInbox, Tables};
use kit_tests::servers;
use kit_tests::servers::Pool;

/// Kit gives a delivery up after this time.
const GIVEN_UP: Duration = Duration::from_secs(42 * 60 * 60);

/// An emulator whose endpoint nobody answers, with this many deliveries that it has given up.
fn with_missed(count: u64) -> (Emulator, kit_core::WebhookEndpointId) {
    let emulator = Emulator::start().unwrap();
    let client = kit_ureq::Client::builder().base_url(emulator.base_url());
    let client = client.build(Credentials::access_token(emulator.access_token())).unwrap();
    let types = [EventType::SubscriberTagAdded];
    let create = CreateWebhookEndpoint::new("http://127.0.0.1:1/kit", types).unwrap();
    let id = client.send(&create).unwrap().endpoint.id;
    for _ in 0..count {
        emulator.trigger("subscriber.tag_added", 1, None).unwrap();
        emulator.settle();
    }
    emulator.advance(GIVEN_UP);
    (emulator, id)
}

fn details(emulator: &Emulator) -> usize {
    let requests = emulator.recorded_requests();
    let is_detail = |query: &str| query.contains("include_payload=true");
    requests.iter().filter(|request| request.uri().query().is_some_and(is_detail)).count()
}

#[test]
fn missed_deliveries_are_found_by_a_program_that_blocks() {
    let (emulator, id) = with_missed(3);
    let client = kit_ureq::Client::builder().base_url(emulator.base_url());
    let client = client.build(Credentials::access_token(emulator.access_token())).unwrap();
    let run = |cursor: LogCursor| {
        let mut catch_up = CatchUp::new(id, cursor);
        let mut events = Vec::new();
        while let Some(record) = client.next_missed(&mut catch_up).unwrap() {
            events.extend(Delivery::of_record(&record).unwrap().events);
            catch_up.taken(record.id);
        }
        (events.len(), catch_up.cursor())
    };
    let (found, cursor) = run(LogCursor::default());
    assert_eq!(found, 3);
    emulator.trigger("subscriber.tag_added", 1, None).unwrap();
    emulator.settle();
    // Kit is still trying this one.
    let (found, cursor) = run(cursor);
    assert_eq!(found, 0);
    emulator.advance(GIVEN_UP);
    assert_eq!(run(cursor).0, 1);
    assert_eq!(details(&emulator), 4);
}

#[test]
fn one_of_several_processes_catches_up_for_all() {
    let Some(server) = servers::Postgres::shared() else { return };
    let (emulator, id) = with_missed(5);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let tables = Tables::named("catch_up", "k_").unwrap();
    let pool = Pool::by(server.port());
    let postgres = Postgres::new(pool.clone(), tables.clone());
    runtime.block_on(postgres.install()).unwrap();
    let client = Client::builder().base_url(emulator.base_url());
    let client = client.build(Credentials::access_token(emulator.access_token())).unwrap();
    let process = || {
        let (pool, postgres, client) = (pool.clone(), postgres.clone(), client.clone());
        let inbox = PostgresInbox::new(pool.clone(), tables.clone());
        runtime.spawn(async move {
            let mut connection = pool.take().await.unwrap();
            let transaction = connection.transaction().await.unwrap();
            let cursor = postgres.log_cursor(&transaction, "account-1").await.unwrap();
            let mut catch_up = CatchUp::new(id, cursor);
            while let Some(record) = client.next_missed(&mut catch_up).await.unwrap() {
                let delivery = Delivery::of_record(&record).unwrap();
                let of_account = |event| InboxEvent::new("account-1", event);
                let events: Vec<_> = delivery.events.into_iter().map(of_account).collect();
                inbox.put(&events).await.unwrap();
                catch_up.taken(record.id);
            }
            let cursor = catch_up.cursor();
            postgres.set_log_cursor(&transaction, "account-1", &cursor).await.unwrap();
            transaction.commit().await.unwrap();
        })
    };
    let processes: Vec<_> = (0..4).map(|_| process()).collect();
    for process in processes {
        runtime.block_on(process).unwrap();
    }
    assert_eq!(details(&emulator), 5, "each was asked for once");
    let inbox = PostgresInbox::new(pool.clone(), tables);
    let claimed = runtime.block_on(inbox.claim(100, Duration::from_secs(60))).unwrap();
    assert_eq!(claimed.len(), 5);
}
