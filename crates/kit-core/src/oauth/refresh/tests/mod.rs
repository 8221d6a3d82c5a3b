//! A session over the life of its tokens: calls, refreshes, stores and processes, without I/O.

use std::sync::Mutex;
use std::time::SystemTime;

use super::*;
use crate::error::Error;
use crate::oauth::{App, Tokens};
use crate::time::Clock;
use crate::webhooks::{DeleteWebhook, ListWebhooks};
use crate::{Call, Credentials, RetryPolicy, Step};

mod calls;
mod processes;
mod stores;

const LIFETIME: u64 = 3600;

/// One clock for all, which starts in 2001.
fn at(seconds: u64) -> Time {
    at_date(seconds, seconds)
}

/// A time by the clock of all tests, in a process with another date.
fn at_date(seconds: u64, date: u64) -> Time {
    static CLOCK: std::sync::LazyLock<Clock> = std::sync::LazyLock::new(Clock::new);
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000 + date);
    CLOCK.time(Duration::from_secs(seconds), date)
}

fn tokens(number: u32) -> Tokens {
    Tokens::new(format!("access-{number}"))
        .with_refresh_token(format!("refresh-{number}"))
        .with_expires_in(LIFETIME)
}

/// A store that can be told to fail.
#[derive(Default)]
struct Fickle {
    record: Mutex<Option<Record>>,
    mood: Mutex<Mood>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Mood {
    #[default]
    Well,
    Full,
    Unreadable,
}

impl Fickle {
    fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// As if somebody had deleted the file.
    fn empty(&self) {
        *self.record.lock().unwrap() = None;
    }

    fn load(&self) -> Result<Option<Record>, StoreError> {
        match *self.mood.lock().unwrap() {
            Mood::Well | Mood::Full => Ok(self.record.lock().unwrap().clone()),
            Mood::Unreadable => Err("the disk is gone".into()),
        }
    }

    fn save(&self, record: &Record) -> Result<(), SaveError> {
        match *self.mood.lock().unwrap() {
            Mood::Well => {}
            Mood::Full => return Err("the disk is full".into()),
            Mood::Unreadable => return Err("the disk is gone".into()),
        }
        let mut held = self.record.lock().unwrap();
        if held.as_ref().map(Record::version) != record.replaces() {
            return Err(SaveError::Conflict);
        }
        *held = Some(Record::clone(record));
        Ok(())
    }

    fn tokens(&self) -> Option<Tokens> {
        self.load().unwrap().map(|record| record.tokens().clone())
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
        this.begin(&tokens(1), at(0)).unwrap();
        this
    }

    /// Another process, on the same store.
    fn over(store: Arc<Fickle>) -> Self {
        let session = Session::new(App::confidential("id", "cs"));
        let kit = Kit::new(Credentials::session(&session));
        Self { store, session, kit }
    }

    fn begin(&self, tokens: &Tokens, now: Time) -> Result<(), SessionError> {
        let mut refresh = self.session.begin(tokens, now).unwrap();
        match self.ask(&mut refresh, now) {
            RefreshStep::Done(result) => result,
            step => panic!("{step:?}"),
        }
    }

    fn call(&self) -> Call<ListWebhooks> {
        Call::new(&self.kit, ListWebhooks::new(), 1 << 63)
    }

    /// The next step of the refresh besides the store's, which answers at once.
    fn ask(&self, refresh: &mut Refresh, now: Time) -> RefreshStep {
        loop {
            match refresh.next(now) {
                RefreshStep::Load => refresh.loaded(self.store.load(), now),
                RefreshStep::Save(record) => refresh.saved(self.store.save(&record), now),
                step => return step,
            }
        }
    }

    /// Asks a refresh that wants nothing more than the store.
    fn end(&self, refresh: &mut Refresh, now: Time) -> Result<(), SessionError> {
        match self.ask(refresh, now) {
            RefreshStep::Done(result) => result,
            step => panic!("it is not done: {step:?}"),
        }
    }

    /// A refresh that has got tokens, and whose store is in this mood from then on.
    fn granted_but_unsaved(&self, mood: Mood) -> Box<Refresh> {
        let mut refresh = refresh_of(self.call().next(at(LIFETIME)));
        self.sent(&mut refresh, at(LIFETIME));
        self.store.set(mood);
        refresh.received(reply(200, &tokens(2)), at(LIFETIME));
        refresh
    }

    /// Runs a refresh that cannot save its new tokens until it gives up, since somebody waits for its end. Returns the
    /// second of its end.
    fn give_up_saving(&self, refresh: &mut Refresh, now: u64) -> u64 {
        for seconds in [0, 1] {
            let step = self.ask(refresh, at(now + seconds));
            assert!(matches!(step, RefreshStep::Wait(_)), "{step:?}");
        }
        assert!(self.session.settles(at(now + 1)).unwrap().is_some());
        assert_eq!(self.keep_trying(refresh, now + 2), now + 2);
        now + 2
    }

    /// Runs a refresh that cannot save its new tokens until it gives up by itself. Returns the second of its end.
    fn keep_trying(&self, refresh: &mut Refresh, now: u64) -> u64 {
        let mut after = Duration::ZERO;
        loop {
            match self.ask(refresh, at(now + after.as_secs())) {
                RefreshStep::Wait(wait) => after += wait.max(Duration::from_secs(1)),
                RefreshStep::Done(result) => {
                    let result = result.unwrap_err();
                    assert!(matches!(result, SessionError::Save(_) | SessionError::Load(_)));
                    return now + after.as_secs();
                }
                step => panic!("{step:?}"),
            }
            assert!(self.session.unsaved().is_some());
        }
    }

    /// The body of what the refresh sends, once it has claimed the refresh token.
    fn sent(&self, refresh: &mut Refresh, now: Time) -> serde_json::Value {
        let step = self.ask(refresh, now);
        let RefreshStep::Send(request) = step else { panic!("not sent: {step:?}") };
        crate::fixtures::json(&request)
    }

    /// Runs a refresh that Kit answers with these tokens.
    fn renew(&self, refresh: &mut Refresh, number: u32, now: Time) {
        let body = self.sent(refresh, now);
        assert_eq!(body["refresh_token"], format!("refresh-{}", number - 1));
        refresh.received(reply(200, &tokens(number)), now);
        self.end(refresh, now).unwrap();
    }

    /// A call that finds a token that is due, and the renewal that it has begun.
    fn renewing(&self, now: Time) -> (Call<ListWebhooks>, Box<Refresh>) {
        let mut call = self.call();
        let refresh = refresh_of(call.next(now));
        (call, refresh)
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

/// Whether the error is this failure of the session, with what Kit said to the access token.
fn is(error: &Error, expected: &SessionError) -> bool {
    let Error::Session { failure, rejection: Some(rejection), .. } = error else { return false };
    let needs_authorization = matches!(failure, SessionError::NoRefreshToken);
    assert_eq!(failure.needs_authorization(), needs_authorization);
    std::mem::discriminant(failure) == std::mem::discriminant(expected) && rejection.status() == 401
}

fn error_of(step: Asked) -> Error {
    let Step::Done(Err(error)) = step else { panic!("no error: {step:?}") };
    error
}

fn reply(status: u16, body: &impl serde::Serialize) -> Response<Vec<u8>> {
    Response::builder().status(status).body(serde_json::to_vec(body).unwrap()).unwrap()
}

/// Whether a call is told to wait for the refresh of another, and for how long at most.
fn waits(step: &Asked) -> Option<Duration> {
    match step {
        Step::AwaitRefresh { at_most, .. } => Some(*at_most),
        _ => None,
    }
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
