//! Apps of many accounts: the sessions of all of them, through both transports.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::time::{Duration, Instant};

use kit_core::oauth::{
    App, ListedSessions, MemorySessions, Record, SaveError, SessionError, SessionStore, StoreError,
    StoredSession,
};
use kit_core::settings::Pacing;
use kit_core::webhooks::ListWebhooks;
use kit_core::{Credentials, Error};
use kit_emulator::{Emulator, Fault};
use kit_store_laws::Records;
use kit_tests::on_each_transport;
use kit_tests::session::{app, tokens};
use kit_tests::transport::{Setup, Transport, TransportSession as _, TransportSessions as _};

on_each_transport!(
    an_account_has_one_session_however_many_call,
    two_processes_refresh_each_account_once,
    an_idle_session_comes_back_from_the_store,
    a_session_that_is_ended_is_gone_everywhere,
    a_session_that_cannot_be_ended_stays,
    accounts_to_ask_are_listed,
    the_clients_of_a_session_share_a_pacer,
    a_store_that_panics_is_an_error,
    an_installation_while_a_session_is_ended_stays,
);

const LIFETIME: Duration = Duration::from_secs(3600);

fn emulator() -> Emulator {
    Emulator::builder().token_lifetime(LIFETIME).start().unwrap()
}

/// A client of nobody.
fn client<T: Transport>(emulator: &Emulator) -> T {
    T::new(Setup::of(emulator).as_whom(Credentials::none()))
}

/// The sessions of one process, over a store that others may share.
fn process<T: Transport>(emulator: &Emulator, store: &Arc<MemorySessions>) -> T::Sessions {
    T::Sessions::new(app(emulator), store.clone())
}

fn keys(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("account-{number}")).collect()
}

fn install<T: Transport>(emulator: &Emulator, sessions: &T::Sessions, keys: &[String]) {
    for key in keys {
        sessions.get(key).begin(&tokens(emulator)).unwrap();
    }
}

fn an_account_has_one_session_however_many_call<T: Transport>() {
    let emulator = emulator();
    let sessions = process::<T>(&emulator, &Arc::default());
    let (client, keys) = (client::<T>(&emulator), keys(3));
    install::<T>(&emulator, &sessions, &keys);
    emulator.advance(LIFETIME);
    let barrier = Barrier::new(12);
    std::thread::scope(|scope| {
        for caller in 0..12 {
            let (barrier, sessions, client) = (&barrier, sessions.clone(), client.clone());
            let key = &keys[caller % keys.len()];
            scope.spawn(move || {
                barrier.wait();
                let session = sessions.get(key);
                let client = client.as_session(&session);
                client.send(&ListWebhooks::new()).unwrap();
                client.settle(&session);
            });
        }
    });
    assert_eq!((emulator.refreshes(), sessions.count()), (3, 3));
}

fn two_processes_refresh_each_account_once<T: Transport>() {
    let (emulator, store, keys) = (emulator(), Arc::default(), keys(4));
    let processes = [process::<T>(&emulator, &store), process::<T>(&emulator, &store)];
    install::<T>(&emulator, &processes[0], &keys);
    emulator.advance(LIFETIME);
    std::thread::scope(|scope| {
        for sessions in &processes {
            for key in &keys {
                let client = client::<T>(&emulator);
                scope.spawn(move || {
                    let session = sessions.get(key);
                    let client = client.as_session(&session);
                    client.send(&ListWebhooks::new()).unwrap();
                    // The runtime runs until the new tokens are saved.
                    client.settle(&session);
                });
            }
        }
    });
    assert_eq!((emulator.refreshes(), emulator.repeated_refreshes()), (4, 0));
}

fn an_idle_session_comes_back_from_the_store<T: Transport>() {
    let emulator = emulator();
    let sessions = process::<T>(&emulator, &Arc::default()).with_idle_time(Duration::ZERO);
    let client = client::<T>(&emulator);
    install::<T>(&emulator, &sessions, &keys(5));
    for key in keys(5) {
        let session = sessions.get(&key);
        let client = client.as_session(&session);
        client.send(&ListWebhooks::new()).unwrap();
        drop((client, session));
        // Whoever has loaded the tokens holds the session for a moment longer.
        let start = Instant::now();
        while sessions.count() > 1 {
            assert!(start.elapsed() < Duration::from_secs(20), "the others are idle");
            drop(sessions.get(&key));
        }
    }
    assert_eq!(emulator.refreshes(), 0);
}

fn a_session_that_is_ended_is_gone_everywhere<T: Transport>() {
    let (emulator, store, keys) = (emulator(), Arc::default(), keys(2));
    let processes = [process::<T>(&emulator, &store), process::<T>(&emulator, &store)];
    let client = client::<T>(&emulator);
    install::<T>(&emulator, &processes[0], &keys);
    for sessions in &processes {
        client.as_session(&sessions.get(&keys[0])).send(&ListWebhooks::new()).unwrap();
    }
    processes[1].end(&keys[0], &client).unwrap();
    processes[1].end(&keys[0], &client).expect("nothing is left to be ended");
    assert_eq!(
        processes[0].list(ListedSessions::All, None, 9).unwrap(),
        [StoredSession::new(&keys[1], false)]
    );
    for sessions in &processes {
        let error = client.as_session(&sessions.get(&keys[0])).send(&ListWebhooks::new());
        assert!(
            matches!(&error, Err(Error::Session { failure: SessionError::NoTokens, .. })),
            "{error:?}"
        );
        client.as_session(&sessions.get(&keys[1])).send(&ListWebhooks::new()).unwrap();
    }
    // The account comes back.
    install::<T>(&emulator, &processes[0], &keys[..1]);
    client.as_session(&processes[0].get(&keys[0])).send(&ListWebhooks::new()).unwrap();
}

fn a_session_that_cannot_be_ended_stays<T: Transport>() {
    let (emulator, store, keys) = (emulator(), Arc::default(), keys(1));
    let sessions = process::<T>(&emulator, &store);
    let client = client::<T>(&emulator);
    install::<T>(&emulator, &sessions, &keys);
    emulator.fail_next(1, Fault::status(503));
    let error = sessions.end(&keys[0], &client).unwrap_err();
    assert!(matches!(&error, Error::Api(error) if error.status() == 503), "{error}");
    assert_eq!(store.list(ListedSessions::All, None, 9).unwrap().len(), 1);
    sessions.end(&keys[0], &client).unwrap();
    assert!(store.list(ListedSessions::All, None, 9).unwrap().is_empty());
}

fn accounts_to_ask_are_listed<T: Transport>() {
    let (emulator, store, keys) = (emulator(), Arc::default(), keys(5));
    let sessions = process::<T>(&emulator, &store);
    let client = client::<T>(&emulator);
    install::<T>(&emulator, &sessions, &keys);
    // Somebody revokes the app's access at Kit, and the app learns of it when it refreshes.
    for key in [&keys[1], &keys[3]] {
        let tokens = sessions.get(key).tokens().unwrap();
        client.send(&kit_core::oauth::RevokeToken::of(&app(&emulator), &tokens)).unwrap();
    }
    assert!(sessions.list(ListedSessions::NeedAuthorization, None, 9).unwrap().is_empty());
    for key in &keys {
        let sent = client.as_session(&sessions.get(key)).send(&ListWebhooks::new());
        assert_eq!(sent.is_err(), [&keys[1], &keys[3]].contains(&key), "{key}");
    }
    let list = |after: Option<&str>, limit| {
        let listed = sessions.list(ListedSessions::NeedAuthorization, after, limit).unwrap();
        listed.into_iter().map(|session| session.key).collect::<Vec<_>>()
    };
    assert_eq!(list(None, 9), ["account-1", "account-3"]);
    assert_eq!(list(None, 1), ["account-1"]);
    assert_eq!(list(Some("account-1"), 9), ["account-3"]);
    assert_eq!(sessions.list(ListedSessions::All, Some("account-2"), 9).unwrap().len(), 2);
    // Who has authorized again needs to do so no longer.
    install::<T>(&emulator, &sessions, &keys[1..2]);
    assert_eq!(list(None, 9), ["account-3"]);
}

fn the_clients_of_a_session_share_a_pacer<T: Transport>() {
    let emulator = emulator();
    let sessions = process::<T>(&emulator, &Arc::default());
    install::<T>(&emulator, &sessions, &keys(2));
    let setup = Setup::of(&emulator).with(|settings| {
        settings.pacing = Pacing::ByCredentials;
        settings.timeout = Duration::from_secs(1);
    });
    let client = T::new(setup);
    let send = |key: &str| client.as_session(&sessions.get(key)).send(&ListWebhooks::new());
    for _ in 0..600 {
        send("account-0").unwrap();
    }
    let error = send("account-0").unwrap_err();
    assert!(matches!(error, Error::Paced { .. }), "{error}");
    send("account-1").expect("another account has a limit of its own");
}

/// A store whose methods panic in turn.
struct Panicking(AtomicUsize);

impl Panicking {
    fn panic(&self) -> ! {
        panic!("time {}", self.0.fetch_add(1, Ordering::SeqCst));
    }
}

impl SessionStore for Panicking {
    fn load(&self, _: &str) -> Result<Option<Record>, StoreError> {
        self.panic()
    }

    fn save(&self, _: &str, _: &Record) -> Result<(), SaveError> {
        self.panic()
    }

    fn delete(&self, _: &str, _: u64) -> Result<bool, StoreError> {
        self.panic()
    }

    fn list(
        &self,
        _: ListedSessions,
        _: Option<&str>,
        _: usize,
    ) -> Result<Vec<StoredSession>, StoreError> {
        self.panic()
    }
}

fn a_store_that_panics_is_an_error<T: Transport>() {
    let emulator = emulator();
    let sessions = T::Sessions::new(App::public("id"), Panicking(AtomicUsize::new(0)));
    let client = client::<T>(&emulator);
    let texts = [
        sessions.get("a").begin(&tokens(&emulator)).unwrap_err().to_string(),
        sessions.list(ListedSessions::All, None, 9).unwrap_err().to_string(),
        sessions.end("b", &client).unwrap_err().to_string(),
        client.as_session(&sessions.get("b")).send(&ListWebhooks::new()).unwrap_err().to_string(),
    ];
    for text in texts {
        assert!(text.contains("the store panicked"), "{text}");
    }
}

/// A store to which somebody saves just before the session is deleted.
struct Changing {
    store: Arc<MemorySessions>,
    change: Mutex<Option<Change>>,
}

type Change = Box<dyn FnOnce(&Record) -> Record + Send>;

impl SessionStore for Changing {
    fn load(&self, key: &str) -> Result<Option<Record>, StoreError> {
        self.store.load(key)
    }

    fn save(&self, key: &str, record: &Record) -> Result<(), SaveError> {
        self.store.save(key, record)
    }

    fn delete(&self, key: &str, version: u64) -> Result<bool, StoreError> {
        if let Some(change) = self.change.lock().unwrap().take() {
            let held = self.store.load(key)?.unwrap();
            self.store.save(key, &change(&held)).unwrap();
        }
        self.store.delete(key, version)
    }

    fn list(
        &self,
        which: ListedSessions,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredSession>, StoreError> {
        self.store.list(which, after, limit)
    }
}

fn an_installation_while_a_session_is_ended_stays<T: Transport>() {
    let emulator = emulator();
    let client = client::<T>(&emulator);
    let end = |change: Change| {
        let store = Arc::new(MemorySessions::default());
        let changing = Changing { store: store.clone(), change: Mutex::new(Some(change)) };
        let sessions = T::Sessions::new(app(&emulator), changing);
        sessions.get("a").begin(&tokens(&emulator)).unwrap();
        (sessions.end("a", &client), store.load("a").unwrap())
    };
    let new = tokens(&emulator);
    let installed = new.clone();
    let (ended, held) = end(Box::new(move |held| Records::new().of(&installed, Some(held))));
    let busy = matches!(&ended, Err(Error::Session { failure: SessionError::Busy, .. }));
    assert!(busy, "{ended:?}");
    assert_eq!(held.unwrap().tokens(), &new);
    // A process that was about to refresh keeps nothing.
    let (ended, held) = end(Box::new(|held| {
        let same = held.tokens().clone();
        Records::new().of(&same, Some(held))
    }));
    ended.unwrap();
    assert_eq!(held, None);
}
