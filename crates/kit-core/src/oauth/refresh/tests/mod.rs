//! A session over the life of its tokens: calls, refreshes, stores and processes, without I/O.

use std::sync::Mutex;
use std::time::SystemTime;

use super::*;
use crate::oauth::{App, MemoryStore, Store, StoreError};
use crate::webhooks::{DeleteWebhook, ListWebhooks};
use crate::{Call, Credentials, RetryPolicy, Step};

mod calls;
mod processes;
mod stores;

const LIFETIME: u64 = 3600;

/// One clock for both, which starts in 2001.
fn at(seconds: u64) -> Time {
    let elapsed = Duration::from_secs(seconds);
    Time::new(elapsed, SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000) + elapsed)
}

fn tokens(number: u32) -> Tokens {
    Tokens::new(format!("access-{number}"))
        .with_refresh_token(format!("refresh-{number}"))
        .with_expires_in(LIFETIME)
}

/// A store that can be told to fail.
#[derive(Default)]
struct Fickle {
    store: Mutex<MemoryStore>,
    state: Mutex<Mood>,
    /// Happens behind the next load.
    behind_load: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

#[derive(Clone, Copy, Default)]
enum Mood {
    #[default]
    Well,
    Full,
    Unreadable,
    Panics,
}

impl Fickle {
    fn set(&self, mood: Mood) {
        *self.state.lock().unwrap() = mood;
    }

    /// As if somebody had deleted the file.
    fn empty(&self) {
        *self.store.lock().unwrap() = MemoryStore::new();
    }
}

impl Store for Fickle {
    fn load(&self) -> Result<Option<Record>, StoreError> {
        let mood = *self.state.lock().unwrap();
        match mood {
            Mood::Well | Mood::Full => {
                let record = self.store.lock().unwrap().load();
                let happens = self.behind_load.lock().unwrap().take();
                if let Some(happen) = happens {
                    happen();
                }
                record
            }
            Mood::Unreadable => Err("the disk is gone".into()),
            Mood::Panics => panic!("as it was told to"),
        }
    }

    fn save(&self, record: &Record) -> Result<(), SaveError> {
        let mood = *self.state.lock().unwrap();
        match mood {
            Mood::Well => self.store.lock().unwrap().save(record),
            Mood::Full => Err("the disk is full".into()),
            Mood::Unreadable => Err("the disk is gone".into()),
            Mood::Panics => panic!("as it was told to"),
        }
    }
}

struct World {
    store: Arc<Fickle>,
    session: Session,
    kit: Kit,
}

impl World {
    /// With tokens that were got at the start.
    fn new() -> Self {
        let this = Self::over(Arc::default());
        this.session.begin(&tokens(1), at(0).date).unwrap();
        this
    }

    /// Another process, on the same store.
    fn over(store: Arc<Fickle>) -> Self {
        let session = Session::new(App::confidential("id", "cs"), store.clone());
        let kit = Kit::new(Credentials::session(&session));
        Self { store, session, kit }
    }

    fn call(&self) -> Call<'_, ListWebhooks> {
        static LIST: std::sync::LazyLock<ListWebhooks> =
            std::sync::LazyLock::new(ListWebhooks::new);
        Call::new(&self.kit, &LIST, RetryPolicy::default(), 1 << 63)
    }
}

type Asked = Step<Result<crate::Page<crate::webhooks::Webhook>, Error>>;

fn token_of(step: &Asked) -> &str {
    let Step::Send(request) = step else { panic!("not sent: {step:?}") };
    request.headers()["authorization"].to_str().unwrap()
}

fn refresh_of(step: Asked) -> Box<Refresh> {
    let Step::Refresh(refresh) = step else { panic!("no refresh: {step:?}") };
    refresh
}

fn error_of(step: Asked) -> Error {
    let Step::Done(Err(error)) = step else { panic!("no error: {step:?}") };
    error
}

fn reply(status: u16, body: &impl serde::Serialize) -> Response<Vec<u8>> {
    Response::builder().status(status).body(serde_json::to_vec(body).unwrap()).unwrap()
}

fn invalid_grant() -> Response<Vec<u8>> {
    reply(400, &serde_json::json!({"error": "invalid_grant"}))
}

fn unauthorized() -> Response<Vec<u8>> {
    reply(401, &serde_json::json!({"errors": ["The access token is invalid"]}))
}

fn listed() -> Response<Vec<u8>> {
    let pagination = serde_json::json!({"has_previous_page": false, "has_next_page": false,
        "start_cursor": null, "end_cursor": null, "per_page": 500});
    reply(200, &serde_json::json!({"webhooks": [], "pagination": pagination}))
}

/// A call that has its reply, and the renewal that it has begun.
fn renewing(world: &World, now: Time) -> (Call<'_, ListWebhooks>, Box<Refresh>) {
    let mut call = world.call();
    assert!(matches!(call.next(now), Step::Send(_)));
    call.received(listed(), now);
    let refresh = refresh_of(call.next(now));
    assert!(!refresh.is_urgent());
    (call, refresh)
}

/// The body of what it sends, once it has claimed the refresh token.
fn sent(refresh: &mut Refresh, now: Time) -> serde_json::Value {
    let mut step = refresh.next(now);
    if matches!(step, RefreshStep::Wait(wait) if wait.is_zero()) {
        step = refresh.next(now);
    }
    let RefreshStep::Send(request) = step else { panic!("not sent: {step:?}") };
    crate::fixtures::json(&request)
}

/// Runs a refresh that Kit answers with these tokens.
fn renew(refresh: &mut Refresh, number: u32, now: Time) {
    let body = sent(refresh, now);
    assert_eq!(body["refresh_token"], format!("refresh-{}", number - 1));
    refresh.received(reply(200, &tokens(number)), now);
    assert!(matches!(refresh.next(now), RefreshStep::Done));
}
