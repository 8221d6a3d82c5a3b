//! Budgets that processes share: the laws of the stores, and Kit's own count.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use kit_core::budgets::{Budget, BudgetStore, LoadedBudget};
use kit_core::oauth::{SaveError, StoreError};
use kit_core::webhooks::ListWebhooks;
use kit_core::{Credentials, Error};
use kit_emulator::Emulator;
use kit_hyper::oauth::Blocking;
use kit_postgres::Tables;
use kit_redis::Keys;
use kit_store_laws::{Budgets, Direct};
use kit_tests::servers;
use kit_tests::servers::Pool;
use kit_tests::session::{app, tokens};
use tokio::runtime::Runtime;

fn runtime() -> Runtime {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(2).enable_all().build().unwrap()
}

/// A store of one machine.
#[derive(Clone, Default)]
struct InMemory(Arc<Mutex<BTreeMap<String, Budget>>>);

impl BudgetStore for InMemory {
    fn load_budget(&self, name: &str) -> Result<LoadedBudget, StoreError> {
        // As a database does, it reads what was written.
        let bytes = self.0.lock().unwrap().get(name).map(|budget| budget.to_bytes().unwrap());
        let budget = bytes.map(|bytes| Budget::from_bytes(&bytes)).transpose()?;
        Ok(LoadedBudget::new(budget, SystemTime::UNIX_EPOCH.elapsed()?))
    }

    fn save_budget(&self, name: &str, budget: &Budget) -> Result<(), SaveError> {
        let mut budgets = self.0.lock().unwrap();
        if budgets.get(name).map(Budget::version) != budget.replaces() {
            return Err(SaveError::Conflict);
        }
        budgets.insert(name.to_owned(), budget.clone());
        Ok(())
    }
}

/// A store that fails, or panics.
struct Broken {
    panics: bool,
}

impl BudgetStore for Broken {
    fn load_budget(&self, _: &str) -> Result<LoadedBudget, StoreError> {
        assert!(!self.panics, "broken");
        Err("the store is broken".into())
    }

    fn save_budget(&self, _: &str, _: &Budget) -> Result<(), SaveError> {
        Err("the store is broken".into())
    }
}

#[test]
fn budgets_in_memory_keep_the_laws() {
    let store = Direct(InMemory::default());
    Budgets { store: &store, wait: &|future| kit_store_laws::wait(future) }.hold();
}

#[test]
fn budgets_in_postgres_keep_the_laws() {
    let Some(server) = servers::Postgres::shared() else { return };
    let runtime = runtime();
    let pool = Pool::by(server.port());
    let tables = Tables::named("budgets", "k_").unwrap();
    let postgres = kit_postgres::Postgres::new(pool, tables);
    runtime.block_on(postgres.install()).unwrap();
    Budgets { store: &postgres, wait: &|future| runtime.block_on(future) }.hold();
}

#[test]
fn budgets_in_postgres_keep_the_laws_for_programs_that_block() {
    let Some(server) = servers::Postgres::shared() else { return };
    let client = Mutex::new(server.connect().unwrap());
    let tables = Tables::named("budgets_blocking", "k_").unwrap();
    let store = kit_postgres::blocking::Postgres::new(client, tables);
    store.install().unwrap();
    Budgets { store: &Direct(store), wait: &|future| kit_store_laws::wait(future) }.hold();
}

#[test]
fn budgets_in_redis_keep_the_laws() {
    let Some(server) = servers::Redis::shared() else { return };
    let client = redis::Client::open(server.url()).unwrap();
    let runtime = runtime();
    let redis = kit_redis::Redis::new(client.clone(), Keys::with_prefix("budgets").unwrap());
    Budgets { store: &redis, wait: &|future| runtime.block_on(future) }.hold();
    let keys = Keys::with_prefix("budgets-blocking").unwrap();
    let store = Direct(kit_redis::blocking::Redis::new(client, keys));
    Budgets { store: &store, wait: &|future| kit_store_laws::wait(future) }.hold();
}

/// A process that can send.
type Process = Box<dyn Fn() -> Result<(), Error> + Sync + Send>;

const CALLERS: usize = 4;
const CALLS: usize = 20;

/// How many calls the callers of one process have sent.
fn call_until_paced(send: &(dyn Fn() -> Result<(), Error> + Sync)) -> usize {
    let caller = || {
        for sent in 0..CALLS {
            match send() {
                Ok(()) => {}
                Err(Error::Paced { store_failure: None, .. }) => return sent,
                Err(error) => panic!("{error}"),
            }
        }
        CALLS
    };
    std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(caller)).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).sum()
    })
}

/// As many calls as 640 want to be sent: Kit refuses none, and 120 are sent.
fn hold_the_limit(emulator: &Emulator, processes: &[Process]) {
    let sent: Vec<usize> = std::thread::scope(|scope| {
        let callers: Vec<_> =
            processes.iter().map(|send| scope.spawn(move || call_until_paced(send))).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    let all: usize = sent.iter().sum();
    assert!((108..=120).contains(&all), "{sent:?}");
    // Had Kit refused one, it would have been sent again.
    assert_eq!(emulator.requests(), all, "{sent:?}");
}

/// How long a call waits for its turn.
const PATIENCE: Duration = Duration::from_secs(2);

#[test]
fn clients_of_both_kinds_share_a_budget_in_postgres() {
    let Some(server) = servers::Postgres::shared() else { return };
    let emulator = Emulator::builder().rate_limits().start().unwrap();
    let tables = Tables::named("budgets_both", "k_").unwrap();
    let runtime = Arc::new(runtime());
    let pool = Pool::by(server.port());
    let postgres = kit_postgres::Postgres::new(pool, tables.clone());
    runtime.block_on(postgres.install()).unwrap();
    let credentials = Credentials::api_key(emulator.api_key());
    let limit = credentials.rate_limit();
    let mut processes: Vec<Process> = Vec::new();
    for _ in 0..4 {
        let client = kit_hyper::Client::builder().base_url(emulator.base_url()).timeout(PATIENCE);
        let pacer = kit_hyper::SharedPacer::new(postgres.clone(), "both", limit);
        assert!(pacer.pacer().is_shared());
        let client = client.build(credentials.clone()).unwrap().with_pacing(&pacer);
        let runtime = runtime.clone();
        processes
            .push(Box::new(move || runtime.block_on(client.send(&ListWebhooks::new())).map(drop)));
        let client = kit_ureq::Client::builder().base_url(emulator.base_url()).timeout(PATIENCE);
        let database = Mutex::new(server.connect().unwrap());
        let store = kit_postgres::blocking::Postgres::new(database, tables.clone());
        let pacer = kit_ureq::SharedPacer::new(store, "both", limit);
        let client = client.build(credentials.clone()).unwrap().with_pacing(pacer);
        processes.push(Box::new(move || client.send(&ListWebhooks::new()).map(drop)));
    }
    hold_the_limit(&emulator, &processes);
}

#[test]
fn sessions_of_processes_share_the_budget_of_their_account() {
    let Some(server) = servers::Redis::shared() else { return };
    let emulator = Emulator::builder().rate_limits().start().unwrap();
    let client = redis::Client::open(server.url()).unwrap();
    let keys = Keys::with_prefix("budgets-of-sessions").unwrap();
    let redis = kit_redis::blocking::Redis::new(client, keys);
    let process = || {
        let sessions = kit_ureq::oauth::Sessions::new(app(&emulator), redis.clone());
        sessions.with_budgets(redis.clone())
    };
    let [one, other] = [process(), process()];
    for account in ["account-1", "account-2"] {
        one.get(account).begin(&tokens(&emulator)).unwrap();
    }
    let client = kit_ureq::Client::builder().base_url(emulator.base_url()).timeout(PATIENCE);
    let client = client.build(Credentials::none()).unwrap();
    let sent: usize = std::thread::scope(|scope| {
        let callers = [&one, &other, &one, &other].map(|sessions| {
            let client = client.with_principal(sessions.get("account-1"));
            scope.spawn(move || {
                (0..400).take_while(|_| client.send(&ListWebhooks::new()).is_ok()).count()
            })
        });
        callers.into_iter().map(|caller| caller.join().unwrap()).sum()
    });
    assert!((540..=600).contains(&sent), "{sent}");
    assert_eq!(emulator.requests(), sent, "Kit refuses none");
    let other_account = client.with_principal(other.get("account-2"));
    other_account.send(&ListWebhooks::new()).expect("another account has a budget of its own");
}

#[test]
fn a_store_that_fails_is_told_by_each_call() {
    let emulator = Emulator::start().unwrap();
    let credentials = Credentials::api_key(emulator.api_key());
    let list = ListWebhooks::new();
    for panics in [false, true] {
        let said = if panics { "the store panicked" } else { "the store is broken" };
        let is_told = |error: &Error| {
            let Error::Paced { store_failure: Some(failure), .. } = error else { return false };
            &**failure == said && error.to_string().ends_with(&format!("budget fails: {said}"))
        };
        let client = kit_ureq::Client::builder().base_url(emulator.base_url());
        let client = client.timeout(Duration::from_millis(500)).build(credentials.clone()).unwrap();
        let pacer = kit_ureq::SharedPacer::new(Broken { panics }, "broken", 120);
        let error = client.with_pacing(&pacer).send(&list).unwrap_err();
        assert!(is_told(&error), "{error}");
        assert_eq!(pacer.pacer().store_failure().as_deref(), Some(said));

        let client = kit_hyper::Client::builder().base_url(emulator.base_url());
        let client = client.timeout(Duration::from_millis(500)).build(credentials.clone()).unwrap();
        let pacer = kit_hyper::SharedPacer::new(Blocking::new(Broken { panics }), "broken", 120);
        let client = client.with_pacing(pacer);
        let error = runtime().block_on(client.send(&list)).unwrap_err();
        assert!(is_told(&error), "{error}");
    }
    assert_eq!(emulator.requests(), 0);
}

/// As `with_pacing` says, the last one counts.
#[test]
fn a_client_keeps_the_pacer_that_it_was_given() {
    let emulator = Emulator::start().unwrap();
    let credentials = Credentials::api_key(emulator.api_key());
    let client = kit_ureq::Client::builder().base_url(emulator.base_url());
    let client = client.timeout(Duration::from_millis(50)).build(credentials).unwrap();
    let broken = kit_ureq::SharedPacer::new(Broken { panics: false }, "broken", 120);
    let shared = client.with_pacing(&broken);
    assert!(shared.send(&ListWebhooks::new()).is_err());
    shared.with_pacing(None).send(&ListWebhooks::new()).unwrap();
    shared.with_pacing(kit_core::Pacer::new(1)).send(&ListWebhooks::new()).unwrap();
    // A pacer whose store nobody knows is no endless loop.
    let unknown = client.with_pacing(broken.pacer().clone());
    let error = unknown.send(&ListWebhooks::new()).unwrap_err().to_string();
    assert!(error.contains("the store of the shared budget fails"), "{error}");
    let unknown = client.with_pacing(kit_core::Pacer::shared(120, 1));
    let error = unknown.send(&ListWebhooks::new()).unwrap_err().to_string();
    assert_eq!(error, "call: the step Reserve is not supported by this transport");
}
