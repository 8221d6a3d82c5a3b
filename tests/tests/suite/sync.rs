//! Webhooks and webhook endpoints kept in step: the laws of plans, and plans that are carried out under faults.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use kit_core::sync::{Plan, Scope, SyncReport, SyncStep, Synced, Synchronize};

use kit_core::webhook_endpoints::{
    CreateWebhookEndpoint, EndpointStatus, EventType, UpdateWebhookEndpoint, WebhookEndpoint,
};
use kit_core::webhooks::{CreateWebhook, Event, Webhook};
use kit_core::{Call, Clock, Credentials, Kit, Page, RetryPolicy, Step};
use kit_emulator::{Emulator, Fault};
use kit_tests::on_each_transport;
use kit_tests::transport::{Setup, Transport};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

on_each_transport!(
    webhooks_are_created_once_and_duplicates_go,
    endpoints_are_created_changed_and_deleted,
    what_may_have_been_created_is_looked_up_first,
    an_endpoint_whose_secret_was_lost_is_created_again,
    an_endpoint_that_another_program_may_have_made_stays,
    of_duplicates_the_one_whose_secret_is_known_is_kept,
    two_programs_that_start_at_once_end_with_one_endpoint,
    programs_that_keep_different_duplicates_end_with_an_endpoint,
    what_ends_half_way_is_finished_by_the_next,
    a_step_that_is_refused_keeps_no_other_from_being_done,
    what_may_be_there_is_told,
);

const URLS: [&str; 6] = [
    "https://example.com/kit",
    "HTTPS://EXAMPLE.com:443/kit",
    "https://example.com/kit/a",
    "https://example.com/kitchen",
    "https://example.com",
    "http://example.com/kit",
];

fn url() -> impl Strategy<Value = String> {
    select(&URLS[..]).prop_map(str::to_owned)
}

fn scope() -> impl Strategy<Value = Scope> {
    prop_oneof![
        Just(Scope::Wanted),
        Just(Scope::All),
        Just(Scope::UrlPrefix("https://example.com/kit".into())),
        Just(Scope::UrlPrefix("https://example.com/kit/".into())),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let other =
        |name: &str| serde_json::from_value(serde_json::json!({"name": name, "city_id": 7}));
    prop_oneof![
        Just(Event::PurchaseCreate),
        (1_u64..3).prop_map(|id| Event::TagAdd { tag_id: id.into() }),
        Just(other("subscriber.moved").unwrap()),
        Just(other("moved").unwrap()),
    ]
}

fn webhooks() -> impl Strategy<Value = Vec<Webhook>> {
    let one = (event(), url());
    vec(one, 0..12).prop_map(|all| {
        let of = |(id, (event, url))| Webhook::new(id, 1539, event, url);
        (1..).zip(all).map(of).collect()
    })
}

fn wanted_webhooks() -> impl Strategy<Value = Vec<CreateWebhook>> {
    let one = (event(), url()).prop_map(|(event, url)| CreateWebhook::new(url, event).unwrap());
    vec(one, 0..6)
}

fn events() -> impl Strategy<Value = Vec<EventType>> {
    vec(select(vec!["tag.created", "tag.deleted", "tag.moved"]), 1..4)
        .prop_map(|names| names.into_iter().map(EventType::from).collect())
}

type Parts = (String, Vec<EventType>, Option<String>, Option<String>, bool);

fn endpoints() -> impl Strategy<Value = Vec<WebhookEndpoint>> {
    let text = || select(vec![None, Some("a".to_owned()), Some("b".to_owned())]);
    let one = (url(), events(), text(), text(), any::<bool>());
    vec(one, 0..8).prop_map(|all| {
        let of = |(id, (url, events, name, description, is_active)): (u64, Parts)| {
            let mut endpoint = WebhookEndpoint::new(id, url, events);
            (endpoint.name, endpoint.description) = (name, description);
            if !is_active {
                endpoint.status = EndpointStatus::Disabled;
            }
            endpoint
        };
        (1..).zip(all).map(of).collect()
    })
}

fn wanted_endpoints() -> impl Strategy<Value = Vec<CreateWebhookEndpoint>> {
    let one = (url(), events(), any::<Option<bool>>()).prop_map(|(url, events, name)| {
        let create = CreateWebhookEndpoint::new(url, events).unwrap();
        match name {
            Some(is_a) => create.with_name(if is_a { "a" } else { "b" }),
            None => create,
        }
    });
    vec(one, 0..5)
}

fn made(wanted: &CreateWebhookEndpoint, id: u64) -> WebhookEndpoint {
    let mut made = WebhookEndpoint::new(id, wanted.url(), wanted.events().iter().cloned());
    made.name = wanted.name().map(str::to_owned);
    made.description = wanted.description().map(str::to_owned);
    made
}

/// The endpoint after an update, which is read from its body, as Kit does.
fn updated(endpoint: &WebhookEndpoint, update: &UpdateWebhookEndpoint) -> WebhookEndpoint {
    let mut json = serde_json::to_value(endpoint).unwrap();
    let changes = serde_json::to_value(update).unwrap();
    json.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    serde_json::from_value(json).unwrap()
}

/// The items after the plan was carried out.
fn applied<T: Synced>(
    plan: &Plan<T>,
    existing: &[T],
    make: impl Fn(&T::Create, u64) -> T,
    update: impl Fn(&T, &T::Update) -> T,
) -> Vec<T> {
    let deleted: BTreeSet<u64> = plan.delete.iter().map(|deletion| deletion.item.id()).collect();
    let left = existing.iter().filter(|item| !deleted.contains(&item.id()));
    let changed = left.map(|item| {
        let changes = plan.update.iter().find(|(changed, _)| changed.id() == item.id());
        changes.map_or_else(|| item.clone(), |(_, changes)| update(item, changes))
    });
    changed.chain((1000..).zip(&plan.create).map(|(id, wanted)| make(wanted, id))).collect()
}

/// The laws that hold for whatever is kept in step.
fn check<T: Synced>(
    wanted: &[T::Create],
    existing: &[T],
    scope: &Scope,
    orders: (&[Index], &[Index]),
    make: impl Fn(&T::Create, u64) -> T,
    update: impl Fn(&T, &T::Update) -> T,
) -> Result<(), TestCaseError> {
    let Ok(plan) = Plan::new(wanted.to_vec(), existing.to_vec(), scope) else { return Ok(()) };
    // An item that a list names twice is one.
    let twice = [existing, existing].concat();
    let same = Plan::new(wanted.to_vec(), twice, scope).unwrap();
    prop_assert_eq!(same.to_string(), plan.to_string());
    let after = applied(&plan, existing, make, update);
    // Applied, and made anew, it is empty.
    let again = Plan::new(wanted.to_vec(), after.clone(), scope).unwrap();
    prop_assert!(again.is_empty() && again.to_string().is_empty(), "{again}");
    // All that is wanted is there, once.
    let keys: Vec<String> = after.iter().map(T::key).collect();
    for wanted in wanted {
        let count = keys.iter().filter(|key| **key == T::wanted_key(wanted)).count();
        prop_assert_eq!(count, 1);
    }
    // Nothing outside of the scope is touched.
    let wanted_keys: BTreeSet<String> = wanted.iter().map(T::wanted_key).collect();
    for item in plan.delete.iter().map(|deletion| &deletion.item) {
        prop_assert!(wanted_keys.contains(&item.key()) || scope.contains(item.url()));
    }
    for (item, _) in &plan.update {
        prop_assert!(wanted_keys.contains(&item.key()));
    }
    // The oldest of the duplicates stays.
    for kept in &plan.keep {
        let same = existing.iter().filter(|item| item.key() == kept.key());
        prop_assert_eq!(same.map(T::id).min(), Some(kept.id()));
    }
    // The order of the input does not matter.
    let (mut wanted, mut existing) = (wanted.to_vec(), existing.to_vec());
    shuffle(&mut wanted, orders.0);
    shuffle(&mut existing, orders.1);
    let other = Plan::new(wanted, existing, scope).unwrap();
    prop_assert_eq!(other.to_string(), plan.to_string());
    Ok(())
}

fn shuffle<T>(items: &mut [T], order: &[Index]) {
    for (place, index) in order.iter().enumerate().take(items.len()) {
        let other = index.index(items.len());
        items.swap(place, other);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn the_laws_hold_for_webhooks(
        wanted in wanted_webhooks(),
        existing in webhooks(),
        scope in scope(),
        orders in (vec(any::<Index>(), 12), vec(any::<Index>(), 12)),
    ) {
        let make = |wanted: &CreateWebhook, id| {
            Webhook::new(id, 1539, wanted.event().clone(), wanted.target_url())
        };
        let orders = (&*orders.0, &*orders.1);
        check(&wanted, &existing, &scope, orders, make, |_, _| unreachable!())?;
    }

    #[test]
    fn the_laws_hold_for_endpoints(
        wanted in wanted_endpoints(),
        existing in endpoints(),
        scope in scope(),
        orders in (vec(any::<Index>(), 8), vec(any::<Index>(), 8)),
    ) {
        check(&wanted, &existing, &scope, (&orders.0, &orders.1), made, updated)?;
    }
}

#[test]
fn a_plan_is_shown_without_secrets() {
    let wanted =
        [CreateWebhook::new("https://a.b/t0ken", Event::TagAdd { tag_id: 4.into() }).unwrap()];
    let old = Webhook::new(7, 1, Event::PurchaseCreate, "https://a.b/t0ken");
    let plan = Plan::new(wanted, [old], &Scope::All).unwrap();
    assert_eq!(
        plan.to_string(),
        "create subscriber.tag_add (tag_id 4) for https://a.b/\u{2026}\n\
         delete 7, not wanted: purchase.purchase_create for https://a.b/\u{2026}\n"
    );
}

#[test]
fn nothing_of_a_synchronization_shows_what_is_behind_a_host() {
    let url = "https://5ecret@a.b/5ecret";
    let endpoint = CreateWebhookEndpoint::new(url, [EventType::TagCreated]).unwrap();
    let is_silent = |shown: String| assert!(!shown.contains("5ecret"), "{shown}");
    let scope = || Scope::UrlPrefix(url.into());
    let old = |id: u64| WebhookEndpoint::new(id, url, [EventType::TagDeleted]);
    let stray = WebhookEndpoint::new(9, format!("{url}/2"), [EventType::TagDeleted]);
    let plan = Plan::new([endpoint.clone()], [old(7), old(8), stray], &scope()).unwrap();
    assert_eq!((plan.update.len(), plan.delete.len()), (1, 2));
    is_silent(format!("{plan:?}{plan}{:?}", scope()));
    let plan = Plan::<WebhookEndpoint>::new([endpoint.clone()], [], &scope()).unwrap();
    is_silent(format!("{plan:?}{plan}"));
    let mut sync = Synchronize::<WebhookEndpoint>::new([endpoint.clone()], scope()).unwrap();
    is_silent(format!("{sync:?}{:?}", sync.next()));
    sync.listed(Ok(Page::new(vec![old(7), old(8)])));
    is_silent(format!("{:?}", sync.next()));
    sync.updated(Ok(old(7)));
    sync.deleted(Ok(()));
    sync.fail(unanswered());
    let SyncStep::Done(Err(mut error)) = sync.next() else { panic!("it goes on") };
    error.done.without_secret.push(old(7));
    error.done.uncertain.push(endpoint);
    is_silent(format!("{error:?}{error}{:?}", error.done));
    assert_eq!((error.done.updated.len(), error.done.kept.len()), (1, 1));
}

#[test]
fn two_that_exclude_each_other_are_refused() {
    let endpoint = |event| CreateWebhookEndpoint::new("https://a.b/t0ken", [event]).unwrap();
    let wanted = [endpoint(EventType::TagCreated), endpoint(EventType::TagDeleted)];
    let error = Synchronize::<WebhookEndpoint>::new(wanted, Scope::Wanted).unwrap_err();
    assert_eq!(error.to_string(), "wanted: has two for https://a.b/\u{2026} that differ");
}

fn wanted() -> Vec<CreateWebhook> {
    let create = |tag: u64| {
        let event = Event::TagAdd { tag_id: tag.into() };
        CreateWebhook::new("https://example.com/kit", event).unwrap()
    };
    (1..=3).map(create).collect()
}

fn sync<T: Transport>(client: &T) -> kit_core::sync::SyncReport<Webhook> {
    let scope = Scope::UrlPrefix("https://example.com/".into());
    client.sync(Synchronize::<Webhook>::new(wanted(), scope).unwrap()).unwrap()
}

fn texts(emulator: &Emulator) -> Vec<String> {
    emulator.webhooks().iter().map(kit_emulator::Webhook::event_text).collect()
}

fn webhooks_are_created_once_and_duplicates_go<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator));
    assert_eq!(sync(&client).created.len(), 3);
    // Created twice, by an older version of a program; and one that it does not want any more.
    for create in wanted() {
        client.send(&create).unwrap();
    }
    let stray = CreateWebhook::new("https://example.com/old", Event::PurchaseCreate).unwrap();
    client.send(&stray).unwrap();
    let other = CreateWebhook::new("https://example.org/", Event::PurchaseCreate).unwrap();
    client.send(&other).unwrap();
    let report = sync(&client);
    assert_eq!((report.created.len(), report.deleted.len(), report.kept.len()), (0, 4, 3));
    let tag = |tag: u64| format!("subscriber.tag_add (tag_id {tag})");
    assert_eq!(texts(&emulator), [tag(1), tag(2), tag(3), "purchase.purchase_create".into()]);
    assert_eq!(
        emulator.webhooks().iter().map(|webhook| webhook.id).collect::<Vec<_>>(),
        [1, 2, 3, 8]
    );
    let report = sync(&client);
    assert_eq!((report.created.len(), report.deleted.len(), report.kept.len()), (0, 0, 3));
}

fn endpoints_are_created_changed_and_deleted<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator));
    let sync = |events: &[EventType], scope| {
        let wanted =
            [CreateWebhookEndpoint::new("https://example.com/kit", events.iter().cloned())
                .unwrap()];
        client.sync(Synchronize::<WebhookEndpoint>::new(wanted, scope).unwrap()).unwrap()
    };
    let report = sync(&[EventType::TagCreated], Scope::Wanted);
    assert!(report.created[0].secret.secret().starts_with("whsec_"));
    let pause = UpdateWebhookEndpoint::new(1.into()).with_status(EndpointStatus::Disabled);
    client.send(&pause).unwrap();
    let report = sync(&[EventType::TagDeleted, EventType::TagCreated], Scope::Wanted);
    assert_eq!((report.created.len(), report.updated.len()), (0, 1));
    let [endpoint] = &*emulator.webhook_endpoints() else { panic!("not one endpoint") };
    assert!(endpoint.is_active && endpoint.events == ["tag.created", "tag.deleted"]);
    let stray =
        CreateWebhookEndpoint::new("https://example.org/", [EventType::TagCreated]).unwrap();
    client.send(&stray).unwrap();
    let report = sync(&[EventType::TagCreated, EventType::TagDeleted], Scope::All);
    assert_eq!((report.deleted.len(), report.updated.len()), (1, 0));
    assert_eq!(emulator.webhook_endpoints().len(), 1);
}

fn what_may_have_been_created_is_looked_up_first<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let retry = RetryPolicy::none();
    let client = T::new(Setup::of(&emulator).with(|settings| settings.retry = retry));
    // The second creation is applied, and the third is not; nobody is told of either.
    let mut creations = 0;
    emulator.fail_when(move |request| {
        creations += usize::from(request.method() == "POST");
        match (request.method().as_str(), creations) {
            ("POST", 2) => Some(Fault::close().after_applying()),
            ("POST", 3) => Some(Fault::status(503)),
            _ => None,
        }
    });
    let scope = Scope::UrlPrefix("https://example.com/".into());
    let sync = Synchronize::<Webhook>::new(wanted(), scope).unwrap().with_wait(Duration::ZERO);
    let report = client.sync(sync).unwrap();
    assert_eq!(emulator.webhooks().len(), 3, "nothing is there twice");
    // An item that was created is not kept as well.
    assert_eq!((report.created.len(), report.kept.len()), (2, 1));
}

fn step<T: Synced>(sync: &mut Synchronize<T>) -> String {
    format!("{:?}", sync.next())
}

fn unanswered() -> kit_core::Error {
    let failure = kit_core::TransportError::TimedOut("late".into());
    let mut call = Call::new(&Kit::new(Credentials::api_key("k")), wanted()[0].clone(), 0)
        .with_retry(RetryPolicy::none());
    let now = Clock::new().time(Duration::ZERO, SystemTime::UNIX_EPOCH);
    let _ = call.next(now);
    call.failed(failure, now);
    match call.next(now) {
        Step::Done(Err(error)) => error,
        step => panic!("{step:?}"),
    }
}

/// A request may be applied later than its answer is given up, and lists may lag.
#[test]
fn a_synchronization_waits_before_it_creates_again() {
    let create = CreateWebhook::new("https://a.b/", Event::PurchaseCreate).unwrap();
    let mut sync = Synchronize::<Webhook>::new([create], Scope::Wanted).unwrap();
    assert_eq!(step(&mut sync), "List");
    sync.listed(Ok(Page::new(vec![])));
    assert_eq!(step(&mut sync), "Create");
    sync.created(Err(unanswered()));
    match sync.next() {
        SyncStep::Wait(wait) => assert_eq!(wait, Duration::from_secs(10)),
        step => panic!("{step:?}"),
    }
    // The same, until it is told.
    assert_eq!(step(&mut sync), "Wait");
    sync.waited();
    assert_eq!(step(&mut sync), "List");
    sync.listed(Ok(Page::new(vec![])));
    assert_eq!(step(&mut sync), "Create");
    let made = Webhook::new(8, 1, Event::PurchaseCreate, "https://a.b/");
    sync.created(Ok(made.clone()));
    // The first has come late: of both, the older one stays.
    assert_eq!(step(&mut sync), "List");
    let late = Webhook::new(7, 1, Event::PurchaseCreate, "https://a.b/");
    sync.listed(Ok(Page::new(vec![late.clone()])));
    match sync.next() {
        SyncStep::Delete(delete) => {
            assert_eq!(format!("{delete:?}"), "DeleteWebhook { id: WebhookId(8) }");
        }
        step => panic!("{step:?}"),
    }
    sync.deleted(Ok(()));
    let SyncStep::Done(Ok(report)) = sync.next() else { panic!("it has not ended") };
    assert_eq!(
        (&*report.created, &*report.kept, &*report.deleted),
        (&[][..], &[late][..], &[made][..])
    );
}

/// A list that does not show yet what was created is no reason to create it again.
#[test]
fn a_created_item_is_there_however_the_list_lags() {
    let create = CreateWebhook::new("https://a.b/", Event::PurchaseCreate).unwrap();
    let mut sync = Synchronize::<Webhook>::new([create], Scope::All).unwrap();
    sync.next();
    sync.listed(Ok(Page::new(vec![])));
    assert_eq!(step(&mut sync), "Create");
    sync.created(Ok(Webhook::new(8, 1, Event::PurchaseCreate, "https://a.b/")));
    assert_eq!(step(&mut sync), "List");
    // An item that another program has made meanwhile is not looked at.
    let other = Webhook::new(9, 1, Event::PurchaseCreate, "https://other.b/");
    sync.listed(Ok(Page::new(vec![other])));
    let SyncStep::Done(Ok(report)) = sync.next() else { panic!("it has not ended") };
    assert_eq!((report.created.len(), report.deleted.len(), report.kept.len()), (1, 0, 0));
}

/// A webhook whose event is unknown is no stray.
#[test]
fn a_webhook_without_an_event_is_left_alone() {
    let nameless: Webhook =
        serde_json::from_str(r#"{"id": 7, "event": null, "target_url": "https://a.b/"}"#).unwrap();
    let plan = Plan::new([], [nameless], &Scope::All).unwrap();
    assert!(plan.is_empty() && plan.keep.is_empty());
}

fn an_endpoint_whose_secret_was_lost_is_created_again<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator).with(|settings| settings.retry = RetryPolicy::none()));
    lose_the_first_creation(&emulator);
    let sync = one_endpoint().alone().with_wait(Duration::ZERO);
    let report = client.sync(sync).unwrap();
    let [endpoint] = &*emulator.webhook_endpoints() else { panic!("not one endpoint") };
    assert_eq!((report.created.len(), report.deleted.len()), (1, 1));
    assert_eq!(report.created[0].secret.secret(), endpoint.secret);
}

/// The creation is applied, and nobody is told.
fn lose_the_first_creation(emulator: &Emulator) {
    let mut creations = 0;
    emulator.fail_when(move |request| {
        creations += usize::from(request.method() == "POST");
        (request.method() == "POST" && creations == 1).then(|| Fault::close().after_applying())
    });
}

fn one_endpoint() -> Synchronize<WebhookEndpoint> {
    let wanted =
        [CreateWebhookEndpoint::new("https://a.b/t0ken", [EventType::TagCreated]).unwrap()];
    Synchronize::new(wanted, Scope::Wanted).unwrap()
}

/// Nobody can tell whose it is.
fn an_endpoint_that_another_program_may_have_made_stays<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator).with(|settings| settings.retry = RetryPolicy::none()));
    lose_the_first_creation(&emulator);
    let error = client.sync(one_endpoint().with_wait(Duration::ZERO)).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("the secret of 1 for https://a.b/\u{2026} is not known"), "{text}");
    assert!(!text.contains("t0ken"), "{text}");
    assert_eq!(emulator.webhook_endpoints().len(), 1);
    assert_eq!((error.done.without_secret.len(), error.done.deleted.len()), (1, 0));
    // The next one finds it, and says the same to who says what it has.
    let none: [u64; 0] = [];
    let report = client.sync(one_endpoint().with_secrets_of(none)).unwrap();
    assert_eq!((report.kept.len(), report.without_secret.len()), (1, 1));
    let report = client.sync(one_endpoint().with_secrets_of([1_u64])).unwrap();
    assert_eq!((report.kept.len(), report.without_secret.len()), (1, 0));
}

fn of_duplicates_the_one_whose_secret_is_known_is_kept<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator));
    let create = CreateWebhookEndpoint::new("https://a.b/t0ken", [EventType::TagCreated]).unwrap();
    for _ in 0..3 {
        client.send(&create).unwrap();
    }
    let report = client.sync(one_endpoint().with_secrets_of([2_u64, 9])).unwrap();
    assert_eq!((report.deleted.len(), report.without_secret.len()), (2, 0));
    let left: Vec<u64> = emulator.webhook_endpoints().iter().map(|endpoint| endpoint.id).collect();
    assert_eq!(left, [2]);
}

/// In every order in which their requests may come.
fn two_programs_that_start_at_once_end_with_one_endpoint<T: Transport>() {
    for order in 0..64_u32 {
        let emulator = Emulator::start().unwrap();
        let client = T::new(Setup::of(&emulator));
        let reports = both_run(order, [one_endpoint(), one_endpoint()], &client);
        let [endpoint] = &*emulator.webhook_endpoints() else {
            panic!("{order}: not one endpoint")
        };
        let has_secret = |report: &SyncReport<WebhookEndpoint>| {
            report.created.iter().any(|made| made.secret.secret() == endpoint.secret)
        };
        assert_eq!(reports.iter().filter(|report| has_secret(report)).count(), 1, "{order}");
        for report in &reports {
            // A program without the secret finds the endpoint in its report.
            let found = report.kept.iter().any(|kept| kept.id == endpoint.id.into());
            assert!(has_secret(report) || found, "{order}: {report:?}");
            assert!(report.created.len() <= 1);
        }
    }
}

/// Each has the secret of one, and deletes the other's: none is left, unless they look again.
fn programs_that_keep_different_duplicates_end_with_an_endpoint<T: Transport>() {
    for order in 0..64_u32 {
        let emulator = Emulator::start().unwrap();
        let client = T::new(Setup::of(&emulator));
        let create =
            CreateWebhookEndpoint::new("https://a.b/t0ken", [EventType::TagCreated]).unwrap();
        let secrets = [1, 2].map(|_| client.send(&create).unwrap().secret);
        let programs = [1_u64, 2].map(|id| one_endpoint().with_secrets_of([id]));
        let reports = both_run(order, programs, &client);
        let [endpoint] = &*emulator.webhook_endpoints() else {
            panic!("{order}: not one endpoint")
        };
        let created = reports.iter().flat_map(|report| &report.created);
        let known: Vec<_> = secrets.iter().chain(created.map(|made| &made.secret)).collect();
        assert!(known.iter().any(|secret| secret.secret() == endpoint.secret), "{order}");
    }
}

/// Runs two programs to their ends. The bits of `order` say which one does the next step, as long as it has one.
fn both_run<T: Transport>(
    order: u32,
    mut programs: [Synchronize<WebhookEndpoint>; 2],
    client: &T,
) -> [SyncReport<WebhookEndpoint>; 2] {
    let mut reports = [None, None];
    let mut turn = 0;
    while let Some(place) = reports.iter().position(Option::is_none) {
        let chosen = usize::from(order >> (turn % 6) & 1 == 1);
        turn += 1;
        let place = if reports[chosen].is_none() { chosen } else { place };
        turn_of(&mut programs[place], &mut reports[place], client);
    }
    reports.map(Option::unwrap)
}

/// Does the next step of a program.
fn turn_of<T: Transport>(
    sync: &mut Synchronize<WebhookEndpoint>,
    report: &mut Option<SyncReport<WebhookEndpoint>>,
    client: &T,
) {
    match sync.next() {
        SyncStep::List(list) => sync.listed(client.send(&list)),
        SyncStep::Create(create) => sync.created(client.send(&create)),
        SyncStep::Delete(delete) => sync.deleted(client.send(&delete)),
        SyncStep::Done(done) => *report = Some(done.unwrap()),
        step => panic!("{step:?}"),
    }
}

/// The list still shows what was deleted: it is not deleted again.
#[test]
fn a_list_that_lags_behind_a_deletion_changes_nothing() {
    let create = CreateWebhookEndpoint::new("https://a.b/t0ken", [EventType::TagCreated]).unwrap();
    let of = |id| made(&create, id);
    let mut sync = one_endpoint().with_secrets_of([6_u64]);
    assert_eq!(step(&mut sync), "List");
    sync.listed(Ok(Page::new(vec![of(5), of(6)])));
    assert_eq!(step(&mut sync), "Delete");
    sync.deleted(Ok(()));
    assert_eq!(step(&mut sync), "List");
    sync.listed(Ok(Page::new(vec![of(5), of(6)])));
    let SyncStep::Done(Ok(report)) = sync.next() else { panic!("it goes on") };
    assert_eq!((report.deleted.len(), report.kept.len(), report.without_secret.len()), (1, 1, 0));
}

fn a_step_that_is_refused_keeps_no_other_from_being_done<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator).with(|settings| settings.retry = RetryPolicy::none()));
    client
        .send(&CreateWebhook::new("https://example.com/old", Event::PurchaseCreate).unwrap())
        .unwrap();
    emulator.fail_when(move |request| (request.method() == "POST").then(|| Fault::status(422)));
    let scope = Scope::UrlPrefix("https://example.com/".into());
    let error = client.sync(Synchronize::<Webhook>::new(wanted(), scope).unwrap()).unwrap_err();
    assert!(error.to_string().contains("422"), "{error}");
    assert_eq!((error.done.deleted.len(), emulator.webhooks().len()), (1, 0));
}

/// Nobody has the secret of what was created then: that is told.
fn what_may_be_there_is_told<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator).with(|settings| settings.retry = RetryPolicy::none()));
    let mut is_down = false;
    emulator.fail_when(move |request| {
        is_down |= request.method() == "POST";
        is_down.then(|| Fault::close().after_applying())
    });
    let wanted = [CreateWebhookEndpoint::new("https://a.b/", [EventType::TagCreated]).unwrap()];
    let sync = Synchronize::<WebhookEndpoint>::new(wanted.clone(), Scope::Wanted).unwrap();
    let error = client.sync(sync.with_wait(Duration::ZERO)).unwrap_err();
    assert_eq!(error.done.uncertain, wanted);
    assert_eq!(emulator.webhook_endpoints().len(), 1);
}

fn what_ends_half_way_is_finished_by_the_next<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator));
    client
        .send(&CreateWebhook::new("https://example.com/old", Event::PurchaseCreate).unwrap())
        .unwrap();
    // Each request in turn is refused; what is done before it stays done.
    let mut created = 0;
    for request in 0..5 {
        let mut left = request;
        emulator.fail_when(move |_| {
            left -= 1;
            (left == -1).then(|| Fault::status(401))
        });
        let scope = Scope::UrlPrefix("https://example.com/".into());
        let sync = Synchronize::<Webhook>::new(wanted(), scope).unwrap();
        match client.sync(sync) {
            Err(error) => {
                assert!(error.to_string().contains("401"), "{error}");
                created += error.done.created.len();
            }
            Ok(report) => created += report.created.len(),
        }
    }
    emulator.heal();
    created += sync(&client).created.len();
    assert_eq!((created, emulator.webhooks().len()), (3, 3));
    assert!(sync(&client).created.is_empty());
}
