//! Authorizing an app and living with its tokens, through both transports.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, SystemTime};

use http::StatusCode;
use kit_core::oauth::{
    App, AuthorizationCode, Authorize, CallbackError, CodeVerifier, ExchangeCode, OAuthErrorCode,
    Record, RefreshTokens, RevokeToken, SaveError, Session, SessionError, State, Store, StoreError,
    Tokens,
};
use kit_core::webhooks::ListWebhooks;
use kit_core::{Credentials, Error, Kit, RetryPolicy};
use kit_emulator::{Consent, Emulator, Fault};
use kit_file_store::FileStore;
use kit_tests::foreign;
use kit_tests::on_each_transport;
use kit_tests::session::{self, app, begin, tokens};
use kit_tests::transport::{Setup, Transport, TransportSession as _};

on_each_transport!(
    an_app_is_authorized_by_its_secret,
    an_app_is_authorized_by_its_verifier,
    a_code_is_good_for_once,
    a_token_is_refreshed_before_it_expires,
    a_session_that_is_revoked_has_ended,
    a_session_outlasts_its_process,
    processes_that_share_a_file_refresh_once,
    what_cannot_be_saved_is_used_and_told,
    a_refresh_that_is_not_answered_ends_the_session,
    a_refresh_outlasts_the_timeout_of_its_call,
    a_renewal_outlasts_the_call_that_began_it,
    a_call_ends_in_time_while_a_refresh_is_repeated,
    without_credentials_there_is_only_oauth,
);

const BACK: &str = "http://127.0.0.1:1/back";
const LIFETIME: Duration = Duration::from_secs(3600);

fn emulator() -> Emulator {
    Emulator::builder().token_lifetime(LIFETIME).start().unwrap()
}

fn client<T: Transport>(emulator: &Emulator, credentials: Credentials) -> T {
    T::new(Setup::of(emulator).as_whom(credentials))
}

fn with_session<T: Transport>(emulator: &Emulator, session: &Session) -> T {
    client(emulator, Credentials::session(session))
}

/// Sends the user's browser there; what it is sent back to.
fn visit(emulator: &Emulator, authorize: &Authorize) -> String {
    let kit = Kit::new(Credentials::none()).with_base_url(emulator.base_url()).unwrap();
    let url = authorize.url(&kit).unwrap();
    let path = url.strip_prefix(emulator.base_url()).unwrap();
    let response = foreign::Client::new(emulator).send("GET", path, &[], "");
    assert_eq!(response.status(), 302);
    response.headers()["location"].to_str().unwrap().to_owned()
}

/// The way of a user's consent, up to the tokens.
fn authorize<T: Transport>(
    emulator: &Emulator,
    app: &App,
    verifier: Option<&CodeVerifier>,
) -> Tokens {
    let state = State::from_random([3; 32]);
    let mut authorize = Authorize::new(app, BACK, &state).unwrap();
    authorize = authorize.with_scopes(["read", "write"]).unwrap();
    if let Some(verifier) = verifier {
        authorize = authorize.with_verifier(verifier).unwrap();
    }
    let callback = visit(emulator, &authorize);
    let code = AuthorizationCode::from_callback(&callback, &state).unwrap();
    let mut exchange = ExchangeCode::new(app, code, BACK).unwrap();
    if let Some(verifier) = verifier {
        exchange = exchange.with_verifier(verifier).unwrap();
    }
    client::<T>(emulator, Credentials::none()).send(&exchange).unwrap()
}

/// Uses it, lets it expire, and uses it again.
fn live<T: Transport>(emulator: &Emulator, app: &App, tokens: &Tokens) {
    assert_eq!((tokens.expires_in, tokens.scope.as_deref()), (Some(3600), Some("read write")));
    let session = session::in_memory(app.clone(), tokens);
    let client = with_session::<T>(emulator, &session);
    client.send(&ListWebhooks::new()).unwrap();
    assert_eq!(emulator.refreshes(), 0);
    emulator.advance(LIFETIME);
    client.send(&ListWebhooks::new()).unwrap();
    assert_eq!(emulator.refreshes(), 1);
    let renewed = session.tokens().unwrap();
    assert!(renewed.access_token != tokens.access_token);
    assert!(renewed.refresh_token != tokens.refresh_token && renewed.refresh_token.is_some());
}

fn an_app_is_authorized_by_its_secret<T: Transport>() {
    let emulator = emulator();
    let app = app(&emulator);
    live::<T>(&emulator, &app, &authorize::<T>(&emulator, &app, None));
}

fn an_app_is_authorized_by_its_verifier<T: Transport>() {
    let emulator = emulator();
    let app = App::public(emulator.client_id());
    let verifier = CodeVerifier::from_random([7; 32]);
    live::<T>(&emulator, &app, &authorize::<T>(&emulator, &app, Some(&verifier)));
}

#[test]
fn a_denial_comes_back_typed() {
    let emulator = emulator();
    let state = State::from_random([3; 32]);
    let authorize = Authorize::new(&app(&emulator), BACK, &state).unwrap();
    emulator.set_consent(Consent::Denied);
    let callback = visit(&emulator, &authorize);
    let refusal = AuthorizationCode::from_callback(&callback, &state).unwrap_err();
    let CallbackError::Denied(error) = &refusal else { panic!("{refusal}") };
    assert_eq!(*error.code(), OAuthErrorCode::AccessDenied);
    let other = State::from_random([4; 32]);
    let error = AuthorizationCode::from_callback(&callback, &other).unwrap_err();
    assert_eq!(error, CallbackError::State);
}

fn a_code_is_good_for_once<T: Transport>() {
    let emulator = emulator();
    let (app, state) = (app(&emulator), State::from_random([3; 32]));
    let callback = visit(&emulator, &Authorize::new(&app, BACK, &state).unwrap());
    let code = AuthorizationCode::from_callback(&callback, &state).unwrap();
    let exchange = ExchangeCode::new(&app, code, BACK).unwrap();
    let client = client::<T>(&emulator, Credentials::none());
    client.send(&exchange).unwrap();
    let error = client.send(&exchange).unwrap_err();
    let Error::Api(refusal) = &error else { panic!("{error}") };
    assert_eq!(refusal.status(), StatusCode::BAD_REQUEST);
    assert_eq!(*refusal.oauth().unwrap().code(), OAuthErrorCode::InvalidGrant);
    assert!(!error.may_have_been_applied());
}

fn a_token_is_refreshed_before_it_expires<T: Transport>() {
    // Also where a call has less time than an attempt.
    for timeout in [3600, 20] {
        let emulator = emulator();
        // The token has a minute left.
        let store = Arc::new(session::Memory::default());
        let begun = SystemTime::now() - Duration::from_secs(59 * 60);
        session::keep(&*store, &app(&emulator), &tokens(&emulator), begun);
        let session = T::Session::new(app(&emulator), store);
        let timeout = Duration::from_secs(timeout);
        let setup = Setup::of(&emulator).with(|settings| settings.timeout = timeout);
        let client = T::with_session(setup, &session);
        for _ in 0..3 {
            client.send(&ListWebhooks::new()).unwrap();
        }
        client.settle(&session);
        // No call met a 401.
        assert_eq!((emulator.refreshes(), emulator.requests()), (1, 4));
    }
}

fn a_session_that_is_revoked_has_ended<T: Transport>() {
    let emulator = emulator();
    let session = begin(&emulator);
    let client = with_session::<T>(&emulator, &session);
    client.send(&ListWebhooks::new()).unwrap();

    let app = app(&emulator);
    let refresh_token = session.tokens().unwrap().refresh_token.unwrap();
    client.send(&RevokeToken::refresh(&app, refresh_token)).unwrap();
    let error = client.send(&ListWebhooks::new()).unwrap_err();
    let Error::Session { failure: SessionError::Ended(refusal), .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(*refusal.code(), OAuthErrorCode::InvalidGrant);
    assert!(error.to_string().contains("the session has ended, authorize again"), "{error}");
    // From now on nobody is asked.
    let before = emulator.requests();
    client.send(&ListWebhooks::new()).unwrap_err();
    assert_eq!(emulator.requests(), before + 1, "the access token is tried, and nothing else");

    drop(session.begin(&tokens(&emulator), session::now()).unwrap());
    client.send(&ListWebhooks::new()).unwrap();
}

fn a_session_outlasts_its_process<T: Transport>() {
    let emulator = emulator();
    let directory = tempfile::tempdir().unwrap();
    let store = FileStore::new(directory.path().join("session.json"));
    T::Session::new(app(&emulator), store.clone()).begin(&tokens(&emulator)).unwrap();
    for refreshes in 1..=3 {
        emulator.advance(LIFETIME);
        let session = T::Session::new(app(&emulator), store.clone());
        let client = T::with_session(Setup::of(&emulator), &session);
        client.send(&ListWebhooks::new()).unwrap();
        client.settle(&session);
        assert_eq!((emulator.refreshes(), emulator.repeated_refreshes()), (refreshes, 0));
    }
}

fn processes_that_share_a_file_refresh_once<T: Transport>() {
    const PROCESSES: usize = 6;
    const EXPIRIES: usize = 5;
    let emulator = emulator();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("session.json");
    let session = || T::Session::new(app(&emulator), FileStore::new(&path));
    session().begin(&tokens(&emulator)).unwrap();
    for _ in 0..EXPIRIES {
        emulator.advance(LIFETIME);
        let process = |_| {
            let session = session();
            (T::with_session(Setup::of(&emulator), &session), session)
        };
        let processes: Vec<(T, T::Session)> = (0..PROCESSES).map(process).collect();
        let start = Barrier::new(PROCESSES);
        std::thread::scope(|scope| {
            for (client, session) in &processes {
                scope.spawn(|| {
                    start.wait();
                    client.send(&ListWebhooks::new()).unwrap();
                    client.settle(session);
                });
            }
        });
    }
    assert_eq!((emulator.refreshes(), emulator.repeated_refreshes()), (EXPIRIES, 0));
}

/// A store that can be told to fail after Kit has given new tokens.
#[derive(Debug, Default)]
struct Full {
    store: session::Memory,
    is_full: AtomicBool,
}

impl Store for Full {
    fn load(&self) -> Result<Option<Record>, StoreError> {
        self.store.load()
    }

    fn save(&self, record: &Record) -> Result<(), SaveError> {
        // The claim still finds room.
        let is_new = self.load()?.is_some_and(|held| held.tokens() != record.tokens());
        if is_new && self.is_full.load(Ordering::SeqCst) {
            return Err("the disk is full".into());
        }
        self.store.save(record)
    }
}

fn what_cannot_be_saved_is_used_and_told<T: Transport>() {
    let emulator = emulator();
    let store = Arc::new(Full::default());
    let session = T::Session::new(app(&emulator), store.clone());
    session.begin(&tokens(&emulator)).unwrap();
    let client = T::with_session(Setup::of(&emulator), &session);
    client.send(&ListWebhooks::new()).unwrap();
    assert!(session.unsaved().is_none());
    emulator.advance(LIFETIME);
    store.is_full.store(true, Ordering::SeqCst);
    for _ in 0..2 {
        client.send(&ListWebhooks::new()).unwrap();
        client.settle(&session);
        let unsaved = session.unsaved().unwrap().to_string();
        assert_eq!(unsaved, "the session cannot be written to its store: the disk is full");
        // The store has what was spent; in use is what Kit gave.
        assert_ne!(session.tokens(), Some(store.load().unwrap().unwrap().tokens().clone()));
    }
    assert_eq!((emulator.refreshes(), emulator.repeated_refreshes()), (1, 0));

    // The app is authorized anew once there is room: that is saved at once.
    store.is_full.store(false, Ordering::SeqCst);
    session.begin(&tokens(&emulator)).unwrap();
    assert!(session.unsaved().is_none());
    assert_eq!(session.tokens(), Some(store.load().unwrap().unwrap().tokens().clone()));
}

/// There is nothing that could save it: that is said plainly.
fn a_refresh_that_is_not_answered_ends_the_session<T: Transport>() {
    let emulator = emulator();
    let session = begin(&emulator);
    let retry = RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO);
    let setup = Setup::of(&emulator).as_whom(Credentials::session(&session));
    let client = T::new(setup.with(|settings| settings.retry = retry));
    emulator.advance(LIFETIME);
    let mut is_first = true;
    emulator.fail_when(move |request| {
        let is_refresh = request.uri().path() == "/v4/oauth/token";
        let lost = is_refresh && std::mem::take(&mut is_first);
        lost.then(|| Fault::close().after_applying())
    });
    let error = client.send(&ListWebhooks::new()).unwrap_err();
    assert!(matches!(error, Error::Session { failure: SessionError::Ended(_), .. }), "{error}");
    assert_eq!((emulator.refreshes(), emulator.repeated_refreshes()), (1, 1));
}

fn a_refresh_outlasts_the_timeout_of_its_call<T: Transport>() {
    let emulator = emulator();
    let session = begin(&emulator);
    let setup = Setup::of(&emulator).as_whom(Credentials::session(&session));
    let hasty = T::new(setup.with(|settings| settings.timeout = Duration::from_millis(500)));
    emulator.advance(LIFETIME);
    emulator.fail_when(|request| {
        let is_refresh = request.uri().path() == "/v4/oauth/token";
        is_refresh.then(|| Fault::delay(Duration::from_secs(1)))
    });
    let error = hasty.send(&ListWebhooks::new()).unwrap_err();
    assert!(matches!(error, Error::Session { failure: SessionError::Busy, .. }), "{error}");
    // A call that has more time gets the tokens of the refresh.
    let patient = with_session::<T>(&emulator, &session);
    let mut calls = 0;
    while let Err(error) = hasty.send(&ListWebhooks::new()) {
        calls += 1;
        assert!(calls < 20, "{error}");
    }
    patient.send(&ListWebhooks::new()).unwrap();
    assert_eq!((emulator.refreshes(), emulator.repeated_refreshes()), (1, 0));
}

/// The token lasts: the call does not wait. Its refresh token is spent once, and what Kit answers is not lost.
fn a_renewal_outlasts_the_call_that_began_it<T: Transport>() {
    let emulator = emulator();
    // The store holds a token that has a minute left.
    let store = Arc::new(session::Memory::default());
    let begun = SystemTime::now() - LIFETIME + Duration::from_secs(60);
    session::keep(&*store, &app(&emulator), &tokens(&emulator), begun);
    let session = T::Session::new(app(&emulator), store);
    emulator.fail_when(|request| {
        let is_refresh = request.uri().path() == "/v4/oauth/token";
        is_refresh.then(|| Fault::delay(Duration::from_secs(1)))
    });
    let before = session.tokens();
    let setup = Setup::of(&emulator);
    let setup = setup.with(|settings| settings.timeout = Duration::from_millis(800));
    let hasty = T::with_session(setup, &session);
    hasty.send(&ListWebhooks::new()).unwrap();
    assert_eq!(emulator.refreshes(), 0, "the call has not waited");
    hasty.settle(&session);
    assert!(session.tokens() != before);
    hasty.send(&ListWebhooks::new()).unwrap();
    assert_eq!((emulator.refreshes(), emulator.repeated_refreshes()), (1, 0));
}

/// Without a wait between the attempts of the refresh, too.
fn a_call_ends_in_time_while_a_refresh_is_repeated<T: Transport>() {
    let emulator = emulator();
    let session = begin(&emulator);
    let retry = RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO);
    let setup = Setup::of(&emulator).as_whom(Credentials::session(&session));
    let hasty = T::new(setup.with(|settings| {
        settings.retry = retry;
        settings.timeout = Duration::from_millis(300);
        settings.attempt_timeout = Duration::from_secs(10);
    }));
    emulator.advance(LIFETIME);
    emulator.fail_when(|request| {
        let is_refresh = request.uri().path() == "/v4/oauth/token";
        is_refresh.then(|| Fault::delay(Duration::from_secs(3600)))
    });
    let error = hasty.send(&ListWebhooks::new()).unwrap_err();
    assert!(matches!(error, Error::Session { failure: SessionError::Busy, .. }), "{error}");
    // The second attempt of the refresh would begin after ten seconds.
    assert_eq!(emulator.requests(), 2);
}

fn without_credentials_there_is_only_oauth<T: Transport>() {
    let emulator = emulator();
    let client = client::<T>(&emulator, Credentials::none());
    let error = client.send(&ListWebhooks::new()).unwrap_err();
    assert_eq!(error.to_string(), "credentials: are missing, and the operation needs some");
    assert_eq!(emulator.requests(), 0);
    let refresh_token = tokens(&emulator).refresh_token.unwrap();
    client.send(&RefreshTokens::new(&app(&emulator), refresh_token)).unwrap();
}
