//! A session over the life of its tokens: calls, refreshes, stores and processes, without I/O.

use std::sync::Mutex;
use std::time::SystemTime;

use super::*;
use crate::oauth::{App, MemoryStore, Store, StoreError};
use crate::webhooks::{DeleteWebhook, ListWebhooks};
use crate::{Call, Credentials, Step};

const LIFETIME: u64 = 3600;

/// One clock for both, which starts in 2001.
fn at(seconds: u64) -> Time {
    let elapsed = Duration::from_secs(seconds);
    Time::new(elapsed, SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000) + elapsed)
}

fn tokens(number: u32) -> Tokens {
    let refresh_token = RefreshToken::new(format!("refresh-{number}"));
    Tokens::new(format!("access-{number}"), refresh_token).with_expires_in(LIFETIME)
}

/// A store that can be told to fail.
#[derive(Default)]
struct Fickle {
    store: MemoryStore,
    broken: Mutex<bool>,
}

impl Fickle {
    fn set_broken(&self, broken: bool) {
        *self.broken.lock().unwrap() = broken;
    }
}

impl Store for Fickle {
    fn load(&self) -> Result<Option<Record>, StoreError> {
        self.store.load()
    }

    fn save(&self, record: &Record) -> Result<(), SaveError> {
        if *self.broken.lock().unwrap() {
            return Err("the disk is full".into());
        }
        self.store.save(record)
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

fn body_of(step: &RefreshStep) -> serde_json::Value {
    let RefreshStep::Send(request) = step else { panic!("not sent: {step:?}") };
    crate::fixtures::json(request)
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

/// Runs a refresh that Kit answers with these tokens.
fn renew(refresh: &mut Refresh, number: u32, now: Time) {
    let step = refresh.next(now);
    assert_eq!(body_of(&step)["refresh_token"], format!("refresh-{}", number - 1));
    refresh.received(reply(200, &tokens(number)), now);
    assert!(matches!(refresh.next(now), RefreshStep::Done));
}

#[test]
fn a_token_is_used_as_long_as_it_lasts() {
    let world = World::new();
    for now in [0, 1000, LIFETIME - 301] {
        assert_eq!(token_of(&world.call().next(at(now))), "Bearer access-1");
    }
}

#[test]
fn what_the_store_keeps_is_read_when_it_is_needed() {
    let world = World::over(World::new().store);
    let error = world.kit.request(&ListWebhooks::new()).unwrap_err().to_string();
    assert!(error.starts_with("session: has no access token yet"), "{error}");
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(10)));
    assert!(matches!(refresh.next(at(10)), RefreshStep::Done));
    assert_eq!(token_of(&call.next(at(10))), "Bearer access-1");
    // From now on it is known.
    assert_eq!(token_of(&world.call().next(at(11))), "Bearer access-1");
    let request = world.kit.request(&ListWebhooks::new()).unwrap();
    assert_eq!(request.headers()["authorization"], "Bearer access-1");
}

#[test]
fn a_token_that_is_due_is_refreshed_once_for_all() {
    let world = World::new();
    let now = at(LIFETIME - 300);
    let (mut first, mut second) = (world.call(), world.call());
    let mut refresh = refresh_of(first.next(now));
    assert!(matches!(second.next(now), Step::Wait(wait) if wait == Duration::from_millis(20)));
    renew(&mut refresh, 2, now);
    assert_eq!(token_of(&first.next(now)), "Bearer access-2");
    assert!(matches!(second.next(now), Step::Wait(_)), "it has not waited yet");
    assert_eq!(token_of(&second.next(at(LIFETIME - 299))), "Bearer access-2");
    let held = world.store.load().unwrap().unwrap();
    assert_eq!((held.tokens(), held.version()), (&tokens(2), 3));
}

#[test]
fn a_token_that_kit_refuses_is_refreshed_once() {
    let world = World::new();
    let mut call = world.call();
    call.next(at(5));
    call.received(unauthorized(), at(5));
    let mut refresh = refresh_of(call.next(at(5)));
    renew(&mut refresh, 2, at(6));
    assert_eq!(token_of(&call.next(at(6))), "Bearer access-2");
    // That the new one is refused, too, is for the caller to know.
    call.received(unauthorized(), at(7));
    let error = error_of(call.next(at(7)));
    assert!(matches!(&error, Error::Api(error) if error.status() == 401), "{error}");
    assert_eq!(call.attempts(), 2);
}

#[test]
fn who_sent_a_token_of_yesterday_takes_that_of_today() {
    let world = World::new();
    let (mut first, mut second) = (world.call(), world.call());
    for call in [&mut first, &mut second] {
        call.next(at(5));
        call.received(unauthorized(), at(5));
    }
    renew(&mut refresh_of(first.next(at(5))), 2, at(6));
    assert_eq!(token_of(&second.next(at(6))), "Bearer access-2");
}

/// The row of [`Call`]'s table: also a single attempt is made again after a 401.
#[test]
fn a_create_is_sent_again_after_a_401() {
    let world = World::new();
    let create = crate::fixtures::create();
    let mut call = Call::new(&world.kit, &create, RetryPolicy::none(), 0);
    assert!(matches!(call.next(at(5)), Step::Send(_)));
    call.received(unauthorized(), at(5));
    let Step::Refresh(mut refresh) = call.next(at(5)) else { panic!("no refresh") };
    renew(&mut refresh, 2, at(5));
    assert!(matches!(call.next(at(5)), Step::Send(_)));
    // Nothing else is.
    call.received(reply(503, &""), at(5));
    let Step::Done(Err(error)) = call.next(at(5)) else { panic!("not done") };
    assert!(error.may_have_been_applied());
}

#[test]
fn without_a_session_a_401_is_final() {
    let kit = Kit::new(Credentials::access_token("a"));
    let list = ListWebhooks::new();
    let mut call = Call::new(&kit, &list, RetryPolicy::default(), 0);
    call.next(at(0));
    call.received(unauthorized(), at(0));
    assert!(matches!(call.next(at(0)), Step::Done(Err(Error::Api(_)))));
}

#[test]
fn a_refresh_is_tried_again_like_any_call() {
    let world = World::new();
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    let mut now = LIFETIME;
    for attempt in 0..4 {
        assert_eq!(body_of(&refresh.next(at(now)))["refresh_token"], "refresh-1");
        match attempt {
            0 => refresh.received(reply(503, &""), at(now)),
            1 => refresh.received(reply(429, &""), at(now)),
            2 => refresh.failed(TransportError::CutOff("reset".into()), at(now)),
            _ => refresh.failed(TransportError::NotSent("refused".into()), at(now)),
        }
        let RefreshStep::Wait(wait) = refresh.next(at(now)) else { panic!("no wait") };
        now += wait.as_secs() + 1;
    }
    renew(&mut refresh, 2, at(now));
    assert_eq!(token_of(&call.next(at(now))), "Bearer access-2");
}

#[test]
fn a_refresh_that_fails_is_not_felt_while_the_token_lasts() {
    let world = World::new();
    let due = LIFETIME - 300;
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(due)));
    refresh.next(at(due));
    refresh.received(reply(403, &""), at(due));
    assert!(matches!(refresh.next(at(due)), RefreshStep::Done));
    assert_eq!(token_of(&call.next(at(due))), "Bearer access-1");
    assert_eq!(token_of(&world.call().next(at(due + 29))), "Bearer access-1");
    // Half a minute later it is tried again, and nobody is kept from it by the first claim.
    let mut refresh = refresh_of(world.call().next(at(due + 30)));
    renew(&mut refresh, 2, at(due + 30));
}

#[test]
fn a_refresh_that_fails_is_told_to_all_who_wait() {
    let world = World::new();
    let (mut first, mut second) = (world.call(), world.call());
    let mut refresh = refresh_of(first.next(at(LIFETIME)));
    second.next(at(LIFETIME));
    refresh.next(at(LIFETIME));
    refresh.received(reply(403, &""), at(LIFETIME));
    refresh.next(at(LIFETIME));
    for call in [&mut first, &mut second] {
        let error = error_of(call.next(at(LIFETIME + 1)));
        assert_eq!(
            error.to_string(),
            "GET /v4/webhooks: the session: cannot be refreshed: POST /v4/oauth/token: \
             403 Forbidden: \"\""
        );
        assert!(!error.may_have_been_applied());
    }
    // Who comes later tries again.
    renew(&mut refresh_of(world.call().next(at(LIFETIME + 2))), 2, at(LIFETIME + 2));
}

#[test]
fn a_session_that_has_ended_is_known_without_asking_again() {
    let world = World::new();
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    refresh.next(at(LIFETIME));
    refresh.received(invalid_grant(), at(LIFETIME));
    assert!(matches!(refresh.next(at(LIFETIME)), RefreshStep::Done));
    let ended = "GET /v4/webhooks: the session: the session has ended, authorize again: \
        invalid_grant";
    assert_eq!(error_of(call.next(at(LIFETIME))).to_string(), ended);
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    assert!(matches!(refresh.next(at(LIFETIME)), RefreshStep::Done), "asks nobody");
    assert_eq!(error_of(call.next(at(LIFETIME))).to_string(), ended);
    // Until the app is authorized anew.
    world.session.begin(&tokens(7), at(LIFETIME).date).unwrap();
    assert_eq!(token_of(&world.call().next(at(LIFETIME))), "Bearer access-7");
}

#[test]
fn new_tokens_are_not_used_before_they_are_saved() {
    let world = World::new();
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    refresh.next(at(LIFETIME));
    world.store.set_broken(true);
    refresh.received(reply(200, &tokens(2)), at(LIFETIME));
    assert!(matches!(refresh.next(at(LIFETIME)), RefreshStep::Done));
    for _ in 0..2 {
        assert_eq!(
            error_of(call.next(at(LIFETIME))).to_string(),
            "GET /v4/webhooks: the session: the store cannot be written: the disk is full"
        );
        call = world.call();
        let mut refresh = refresh_of(call.next(at(LIFETIME)));
        assert!(matches!(refresh.next(at(LIFETIME)), RefreshStep::Done), "spends nothing");
    }
    // They are not lost.
    world.store.set_broken(false);
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    assert!(matches!(refresh.next(at(LIFETIME)), RefreshStep::Done));
    assert_eq!(token_of(&call.next(at(LIFETIME))), "Bearer access-2");
    assert_eq!(world.session.tokens().unwrap(), Some(tokens(2)));
}

#[test]
fn a_store_that_cannot_be_written_keeps_the_token_from_being_spent() {
    let world = World::new();
    world.store.set_broken(true);
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    assert!(matches!(refresh.next(at(LIFETIME)), RefreshStep::Done));
    let error = error_of(call.next(at(LIFETIME)));
    assert!(matches!(error, Error::Session { source: SessionError::Save(_), .. }), "{error}");
}

#[test]
fn of_two_processes_one_refreshes() {
    let ours = World::new();
    let theirs = World::over(ours.store.clone());
    let now = at(LIFETIME);
    let (mut our_call, mut their_call) = (ours.call(), theirs.call());
    let mut our_refresh = refresh_of(our_call.next(now));
    let mut their_refresh = refresh_of(their_call.next(now));
    assert!(matches!(our_refresh.next(now), RefreshStep::Send(_)));
    let wait = Duration::from_millis(250);
    assert!(matches!(their_refresh.next(now), RefreshStep::Wait(w) if w == wait));
    our_refresh.received(reply(200, &tokens(2)), now);
    assert!(matches!(our_refresh.next(now), RefreshStep::Done));
    assert!(matches!(their_refresh.next(at(LIFETIME + 1)), RefreshStep::Done));
    assert_eq!(token_of(&our_call.next(now)), "Bearer access-2");
    assert_eq!(token_of(&their_call.next(at(LIFETIME + 1))), "Bearer access-2");
}

#[test]
fn who_still_has_a_token_does_not_wait_for_another_process() {
    let ours = World::new();
    let theirs = World::over(ours.store.clone());
    let due = at(LIFETIME - 300);
    let mut our_refresh = refresh_of(ours.call().next(due));
    our_refresh.next(due);
    let mut call = theirs.call();
    assert!(matches!(refresh_of(call.next(due)).next(due), RefreshStep::Done));
    assert_eq!(token_of(&call.next(due)), "Bearer access-1");
}

#[test]
fn a_process_that_died_keeps_nobody_from_refreshing_for_long() {
    let dead = World::new();
    let mut lost = refresh_of(dead.call().next(at(LIFETIME)));
    lost.next(at(LIFETIME));
    let heir = World::over(dead.store.clone());
    let mut call = heir.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    let mut now = LIFETIME;
    while let RefreshStep::Wait(_) = refresh.next(at(now)) {
        now += 1;
    }
    assert_eq!(now, LIFETIME + 60);
    refresh.received(reply(200, &tokens(2)), at(now));
    assert!(matches!(refresh.next(at(now)), RefreshStep::Done));
    // The other comes back: that its token is spent is no end.
    lost.received(invalid_grant(), at(now));
    assert!(matches!(lost.next(at(now)), RefreshStep::Done));
    assert_eq!(token_of(&dead.call().next(at(now))), "Bearer access-2");
}

#[test]
fn who_has_the_new_tokens_saves_them_over_a_later_claim() {
    let slow = World::new();
    let mut slow_call = slow.call();
    let mut slow_refresh = refresh_of(slow_call.next(at(LIFETIME)));
    slow_refresh.next(at(LIFETIME));
    let other = World::over(slow.store.clone());
    let mut other_call = other.call();
    let mut other_refresh = refresh_of(other_call.next(at(LIFETIME + 60)));
    assert!(matches!(other_refresh.next(at(LIFETIME + 60)), RefreshStep::Send(_)));
    let now = at(LIFETIME + 61);
    slow_refresh.received(reply(200, &tokens(2)), now);
    assert!(matches!(slow_refresh.next(now), RefreshStep::Wait(_)));
    assert!(matches!(slow_refresh.next(at(LIFETIME + 62)), RefreshStep::Done));
    other_refresh.received(invalid_grant(), at(LIFETIME + 63));
    assert!(matches!(other_refresh.next(at(LIFETIME + 63)), RefreshStep::Done));
    for call in [&mut slow_call, &mut other_call] {
        assert_eq!(token_of(&call.next(at(LIFETIME + 64))), "Bearer access-2");
    }
}

#[test]
fn a_refresh_that_is_dropped_is_begun_anew() {
    let world = World::new();
    let (mut first, mut second) = (world.call(), world.call());
    let mut refresh = refresh_of(first.next(at(LIFETIME)));
    second.next(at(LIFETIME));
    refresh.next(at(LIFETIME));
    drop(refresh);
    drop(first);
    renew(&mut refresh_of(second.next(at(LIFETIME + 1))), 2, at(LIFETIME + 1));
    assert_eq!(token_of(&second.next(at(LIFETIME + 1))), "Bearer access-2");
}

#[test]
fn a_call_does_not_wait_for_a_refresh_beyond_its_deadline() {
    let world = World::new();
    let _refresh = refresh_of(world.call().next(at(LIFETIME)));
    let mut call = world.call();
    assert!(matches!(call.next(at(LIFETIME)), Step::Wait(_)));
    assert!(matches!(call.next(at(LIFETIME + 119)), Step::Wait(_)));
    let error = error_of(call.next(at(LIFETIME + 120)));
    assert!(matches!(error, Error::Session { source: SessionError::Busy, .. }), "{error}");
}

#[test]
fn an_earlier_attempt_is_not_forgotten_over_a_refresh() {
    let world = World::new();
    let delete = DeleteWebhook::new(9.into());
    let patient = RetryPolicy::default().with_deadline(Duration::MAX);
    let mut call = Call::new(&world.kit, &delete, patient, 0);
    call.next(at(0));
    call.failed(TransportError::CutOff("reset".into()), at(0));
    let Step::Refresh(mut refresh) = call.next(at(LIFETIME)) else { panic!("no refresh") };
    refresh.next(at(LIFETIME));
    refresh.received(reply(403, &""), at(LIFETIME));
    refresh.next(at(LIFETIME));
    let Step::Done(Err(error)) = call.next(at(LIFETIME)) else { panic!("not done") };
    assert!(error.may_have_been_applied());
    assert!(error.to_string().ends_with("; an earlier attempt may have been applied"), "{error}");
}

#[test]
fn tokens_without_a_refresh_token_are_used_up() {
    let world = World::over(Arc::default());
    let tokens = Tokens::new("access-1", None).with_expires_in(LIFETIME);
    world.session.begin(&tokens, at(0).date).unwrap();
    let mut call = world.call();
    assert_eq!(token_of(&call.next(at(LIFETIME * 2))), "Bearer access-1");
    call.received(unauthorized(), at(LIFETIME * 2));
    let mut refresh = refresh_of(call.next(at(LIFETIME * 2)));
    assert!(matches!(refresh.next(at(LIFETIME * 2)), RefreshStep::Done));
    let error = error_of(call.next(at(LIFETIME * 2)));
    assert!(matches!(&error, Error::Api(error) if error.status() == 401), "{error}");
}

#[test]
fn a_refresh_token_goes_on_where_there_is_no_new_one() {
    let world = World::new();
    let mut refresh = refresh_of(world.call().next(at(LIFETIME)));
    refresh.next(at(LIFETIME));
    refresh.received(reply(200, &serde_json::json!({"access_token": "b"})), at(LIFETIME));
    refresh.next(at(LIFETIME));
    let held = world.session.tokens().unwrap().unwrap();
    assert_eq!(held, Tokens::new("b", RefreshToken::new("refresh-1")));
}

#[test]
fn without_tokens_the_error_says_so() {
    let world = World::over(Arc::default());
    let mut call = world.call();
    assert!(matches!(refresh_of(call.next(at(0))).next(at(0)), RefreshStep::Done));
    assert_eq!(
        error_of(call.next(at(0))).to_string(),
        "GET /v4/webhooks: the session: there are no tokens: the app has to be authorized first"
    );
}

#[test]
fn tokens_that_last_no_time_are_used_all_the_same() {
    let world = World::new();
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    refresh.next(at(LIFETIME));
    let tokens = tokens(2).with_expires_in(0);
    refresh.received(reply(200, &tokens), at(LIFETIME));
    refresh.next(at(LIFETIME));
    assert_eq!(token_of(&call.next(at(LIFETIME))), "Bearer access-2");
}
