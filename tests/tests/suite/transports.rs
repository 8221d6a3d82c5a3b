//! Both transports against the emulator.

use std::collections::HashSet;

use http::StatusCode;
use kit_core::webhooks::{CreateWebhook, Event};
use kit_core::{Credentials, Error, ReplyProblem};
use kit_emulator::{Emulator, Fault};
use kit_tests::events;
use kit_tests::on_each_transport;
use kit_tests::secrets::{SECRET, assert_error_silent};
use kit_tests::transport::{Setup, Transport};

on_each_transport!(
    every_event_is_created,
    an_access_token_is_taken_too,
    a_wrong_credential_is_refused,
    what_the_emulator_refuses_has_a_message,
    every_error_status_is_told,
    faults_after_applying_may_have_been_applied,
    one_connection_serves_many_calls,
    clones_share_their_connections,
    parallel_callers_get_their_own_replies,
    a_path_prefix_stands_before_the_path,
);

fn create() -> CreateWebhook {
    CreateWebhook::new("https://example.com/kit", Event::TagAdd { tag_id: 44.into() }).unwrap()
}

fn api_error(error: Error) -> Box<kit_core::ApiError> {
    match error {
        Error::Api(error) => error,
        error => panic!("not an API error: {error}"),
    }
}

fn every_event_is_created<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator));
    let mut ids = Vec::new();
    for event in events::all(44, "https://example.com/a?b=c") {
        let target_url = format!("https://example.com/kit/{}", event.short_name());
        let create = CreateWebhook::new(target_url.clone(), event.clone()).unwrap();
        let webhook = client.send(&create).unwrap();
        assert_eq!(webhook.event, event);
        assert_eq!(webhook.target_url, target_url);
        ids.push(webhook.id.get());

        let held = emulator.webhooks().pop().unwrap();
        assert_eq!((held.id, held.target_url), (webhook.id.get(), target_url));
        assert_eq!(held.event["name"], event.short_name());
    }
    assert!(ids.is_sorted() && ids.len() == 15, "{ids:?}");
    assert_eq!(emulator.webhooks().len(), 15);
}

fn an_access_token_is_taken_too<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let credentials = Credentials::access_token(emulator.access_token());
    let client = T::new(Setup::of(&emulator).as_whom(credentials));
    client.send(&create()).unwrap();
}

fn a_wrong_credential_is_refused<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    for (credentials, text) in [
        (Credentials::api_key(SECRET), "The API key is invalid"),
        (Credentials::access_token(SECRET), "The access token is invalid"),
    ] {
        let client = T::new(Setup::of(&emulator).as_whom(credentials));
        let error = client.send(&create()).unwrap_err();
        assert_error_silent(&error);
        assert!(!error.may_have_been_applied());
        let error = api_error(error);
        assert_eq!(error.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(error.messages(), [text]);
        assert!(error.request_id().is_some());
    }
    assert!(emulator.webhooks().is_empty());

    let client = T::new(Setup::of(&emulator).as_whom(Credentials::api_key("")));
    let before = emulator.requests();
    assert_eq!(client.send(&create()).unwrap_err().to_string(), "api_key: is empty");
    assert_eq!(emulator.requests(), before);
}

fn what_the_emulator_refuses_has_a_message<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let event = serde_json::from_str(r#"{"name": "subscriber.moved", "city_id": 7}"#).unwrap();
    let create = CreateWebhook::new("https://example.com/kit", event).unwrap();
    let error = T::new(Setup::of(&emulator)).send(&create).unwrap_err();
    assert!(error.to_string().starts_with(
        "POST /v4/webhooks: 422 Unprocessable Entity: `event.name` \"subscriber.moved\" is not an \
         event; the events are "
    ));
}

fn every_error_status_is_told<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator));
    for status in (300..=599).chain([600, 999]) {
        emulator.fail_next(1, Fault::status(status).retry_after("7"));
        let error = client.send(&create()).unwrap_err();
        let refused = matches!(status, 301 | 307 | 308 | 400..500);
        assert_eq!(error.may_have_been_applied(), !refused, "{error}");
        let error = api_error(error);
        assert_eq!(error.status().as_u16(), status);
        assert_eq!(error.operation().to_string(), "POST /v4/webhooks");
        assert!(error.request_id().is_some(), "{status}");
        let delay = error.retry_after().unwrap().delay(std::time::UNIX_EPOCH);
        assert_eq!(delay.as_secs(), 7, "{status}");
        match status {
            304 => assert!(error.messages().is_empty() && error.excerpt().is_empty()),
            502..=504 => assert!(error.messages().is_empty() && !error.excerpt().is_empty()),
            _ => assert!(!error.messages().is_empty(), "{status}"),
        }
    }
    assert!(emulator.webhooks().is_empty());
    let connections = emulator.connections();
    assert!(connections <= T::CONNECTIONS_PER_CALLER, "an error costs a connection: {connections}");
    client.send(&create()).unwrap();
}

fn faults_after_applying_may_have_been_applied<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator));
    let faults = [Fault::close(), Fault::truncate(), Fault::garbage(), Fault::status(503)];
    for (created, fault) in (1..).zip(faults) {
        emulator.fail_next(1, fault.after_applying());
        let error = client.send(&create()).unwrap_err();
        assert!(error.may_have_been_applied(), "{error}");
        assert_eq!(emulator.webhooks().len(), created, "{error}");
    }

    emulator.fail_next(1, Fault::garbage());
    let Error::Reply(error) = client.send(&create()).unwrap_err() else { panic!("no reply error") };
    assert_eq!(error.problem(), ReplyProblem::NotUtf8);
}

fn one_connection_serves_many_calls<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator));
    for _ in 0..20 {
        client.send(&create()).unwrap();
    }
    assert_eq!(emulator.requests(), 20);
    assert!(emulator.connections() <= T::CONNECTIONS_PER_CALLER, "{}", emulator.connections());
}

fn clones_share_their_connections<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator));
    for _ in 0..20 {
        client.clone().send(&create()).unwrap();
    }
    assert!(emulator.connections() <= T::CONNECTIONS_PER_CALLER, "{}", emulator.connections());
}

fn parallel_callers_get_their_own_replies<T: Transport>() {
    const CALLERS: usize = 64;
    const CALLS: usize = 16;
    let emulator = Emulator::start().unwrap();
    let client = T::new(Setup::of(&emulator));
    let send = &|caller: usize, call: usize| {
        let event = Event::TagAdd { tag_id: (caller as u64).into() };
        let target_url = format!("https://example.com/{caller}/{call}");
        let create = CreateWebhook::new(target_url, event).unwrap();
        let webhook = client.send(&create).unwrap();
        assert_eq!(
            (&webhook.event, webhook.target_url.as_str()),
            (create.event(), create.target_url())
        );
        webhook.id
    };
    let ids: HashSet<_> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                scope.spawn(move || (0..CALLS).map(|call| send(caller, call)).collect::<Vec<_>>())
            })
            .collect();
        callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
    });
    assert_eq!(ids.len(), CALLERS * CALLS);
    assert_eq!(emulator.webhooks().len(), CALLERS * CALLS);
    let most = CALLERS * T::CONNECTIONS_PER_CALLER;
    assert!(emulator.connections() <= most, "{} connections", emulator.connections());
}

fn a_path_prefix_stands_before_the_path<T: Transport>() {
    let emulator = Emulator::start().unwrap();
    let base_url = format!("{}/prefix/", emulator.base_url());
    let setup = Setup::of(&emulator).with(|settings| settings.base_url = Some(base_url));
    let error = T::new(setup).send(&create()).unwrap_err();
    // The emulator has no such path: it is the one that was asked for.
    assert_eq!(api_error(error).status(), StatusCode::NOT_FOUND);
    assert_eq!(emulator.requests(), 1);
}
