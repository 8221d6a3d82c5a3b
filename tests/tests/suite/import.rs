//! 2,000 subscribers from a CSV file, through Kit and back, while one attempt in twenty fails: nothing is lost, and
//! nothing is doubled.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kit_core::broadcasts::{CreateBroadcast, ListBroadcasts, RecipientGroup, Recipients};
use kit_core::bulk::{
    Batches, BulkCreateSubscribers, BulkOperation, BulkTagSubscribers, NewSubscriber, Tagging,
};
use kit_core::subscribers::{
    Condition, FilterSubscribers, ListSubscribers, SubscriberState, SubscriberStatus,
};
use kit_core::tags::{CreateTag, ListTagSubscribers};
use kit_core::webhook_endpoints::{CreateWebhookEndpoint, EventType};
use kit_core::{Credentials, Endpoint, Error, List as _, RetryPolicy, Timestamp};
use kit_emulator::{DeliveryFault, Emulator, Fault};
use kit_receiver::Receiver;
use kit_tests::receiver::Process;
use kit_tests::transport::{HyperOnThreads, Setup, Transport};

const PEOPLE: usize = 2000;

fn people() -> Vec<NewSubscriber> {
    let mut file = String::from("email_address,first_name,state\n");
    for number in 0..PEOPLE {
        let state = if number % 4 == 0 { "inactive" } else { "active" };
        writeln!(file, "person-{number}@example.com,\"Person, {number}\",{state}").unwrap();
    }
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| NewSubscriber::new(&row[0]).with_first_name(&row[1]).with_state(row[2].into()))
        .collect()
}

/// Every twentieth attempt fails, each in another way: before it is applied, or after.
fn fail_some(emulator: &Emulator) {
    let mut attempts = 0_usize;
    emulator.fail_when(move |_| {
        attempts += 1;
        let faults = [
            Fault::status(503),
            Fault::status(500).after_applying(),
            Fault::close(),
            Fault::close().after_applying(),
            Fault::status(429),
        ];
        attempts.is_multiple_of(20).then(|| faults[attempts / 20 % faults.len()].clone())
    });
    let mut deliveries = 0_usize;
    emulator.fail_deliveries_when(move |_| {
        deliveries += 1;
        let faults =
            [DeliveryFault::unanswered(), DeliveryFault::duplicated(), DeliveryFault::forged()];
        deliveries.is_multiple_of(20).then(|| faults[deliveries / 20 % faults.len()].clone())
    });
}

fn setup(emulator: &Emulator) -> Setup {
    Setup::of(emulator).as_whom(Credentials::access_token(emulator.access_token())).with(
        |settings| {
            settings.retry = RetryPolicy::default()
                .with_backoff(Duration::ZERO, Duration::ZERO)
                .with_retry_after_cap(Duration::ZERO);
            settings.max_response_size = 16 * 1024 * 1024;
        },
    )
}

/// Each item is done in the end.
fn carry_out<T: Transport, B: BulkOperation>(client: &T, items: Vec<B::Item>) {
    let count = items.len();
    let mut batches = Batches::<B>::new(items);
    for _ in 0..10 {
        while let Some(batch) = batches.next_batch() {
            let result = client.send(batch.request());
            batches.record(batch, result);
        }
        if !batches.repeat() {
            break;
        }
    }
    let report = batches.into_report();
    assert_eq!(report.done().count(), count, "{report:?}");
}

/// A creation that would double is looked for before it is sent again.
fn once<T: Transport, E: Endpoint>(
    client: &T,
    create: &E,
    find: impl Fn() -> Option<E::Reply>,
) -> E::Reply {
    for _ in 0..10 {
        match client.send(create) {
            Ok(reply) => return reply,
            Err(error) if error.may_have_been_applied() => {
                if let Some(found) = find() {
                    return found;
                }
            }
            Err(Error::Api(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    panic!("never created")
}

fn import<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(setup(&emulator));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/kit", listener.local_addr().unwrap());
    let types =
        [EventType::SubscriberCreated, EventType::SubscriberTagAdded, EventType::BroadcastCreated];
    let endpoint = client.send(&CreateWebhookEndpoint::new(url, types).unwrap()).unwrap();
    let events: Arc<Mutex<BTreeMap<String, Vec<String>>>> = Arc::default();
    let keep = events.clone();
    let receiver = Receiver::builder([endpoint.secret.secret()]).build().unwrap();
    let process = Process::start(&listener, receiver, move |event| {
        let who = match event.data.subscriber() {
            Some(subscriber) => subscriber.email_address.clone(),
            None => "the broadcast".to_owned(),
        };
        keep.lock().unwrap().entry(event.event_type.to_string()).or_default().push(who);
    });
    fail_some(&emulator);

    carry_out::<T, BulkCreateSubscribers>(&client, people());
    let tag = client.send(&CreateTag::new("Imported").unwrap()).unwrap().value.id;
    let active = FilterSubscribers::new([Condition::states([SubscriberState::Active])]);
    let found = client.items(active.per_page(100).unwrap(), PEOPLE + 1);
    let taggings: Vec<_> =
        found.into_iter().map(|found| Tagging::new(tag, found.unwrap().id)).collect();
    assert_eq!(taggings.len(), PEOPLE * 3 / 4);
    carry_out::<T, BulkTagSubscribers>(&client, taggings);
    let create = CreateBroadcast::new("News", "<p>Hello</p>", Timestamp::UNIX_EPOCH)
        .to(Recipients::InAll(vec![RecipientGroup::Tags(vec![tag])]));
    let broadcasts = || client.items(ListBroadcasts::new(), 10).into_iter().map(Result::unwrap);
    let broadcast =
        once(&client, &create, || broadcasts().find(|b| b.subject.as_deref() == Some("News")));

    // All of them, by lists of many pages.
    let all = ListSubscribers::new().with_status(SubscriberStatus::All).per_page(100).unwrap();
    let exported: BTreeMap<String, (String, SubscriberState)> = client
        .items(all, PEOPLE + 1)
        .into_iter()
        .map(|subscriber| {
            let subscriber = subscriber.unwrap();
            (subscriber.email_address, (subscriber.first_name.unwrap(), subscriber.state))
        })
        .collect();
    assert_eq!(exported.len(), PEOPLE);
    for number in 0..PEOPLE {
        let (name, state) = &exported[&format!("person-{number}@example.com")];
        assert_eq!(
            (name.as_str(), state == &SubscriberState::Inactive),
            (&*format!("Person, {number}"), number % 4 == 0)
        );
    }
    let tagged = ListTagSubscribers::new(tag).per_page(100).unwrap();
    assert_eq!(client.items(tagged, PEOPLE + 1).len(), PEOPLE * 3 / 4);
    assert_eq!(broadcasts().map(|found| found.id).collect::<Vec<_>>(), [broadcast.id]);

    // And all that happened was told, each once, though attempts to tell it failed, too.
    emulator.advance(Duration::from_secs(48 * 3600));
    drop(process);
    let events = events.lock().unwrap();
    for (event_type, count) in [
        ("subscriber.created", PEOPLE),
        ("subscriber.tag_added", PEOPLE * 3 / 4),
        ("broadcast.created", 1),
    ] {
        let told = &events[event_type];
        assert_eq!(told.len(), count, "{event_type}");
        assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), count, "{event_type} twice");
    }
}

#[test]
fn an_import_loses_nothing_and_doubles_nothing_blocking() {
    import::<kit_ureq::Client>();
}

#[test]
fn an_import_loses_nothing_and_doubles_nothing_async() {
    import::<HyperOnThreads>();
}
