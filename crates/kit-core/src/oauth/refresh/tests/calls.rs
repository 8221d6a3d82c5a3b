//! What calls see of a session.

use super::*;

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
fn a_token_that_has_expired_is_refreshed_once_for_all() {
    let world = World::new();
    let now = at(LIFETIME);
    let (mut first, mut second) = (world.call(), world.call());
    let mut refresh = refresh_of(first.next(now));
    assert!(matches!(second.next(now), Step::Wait(wait) if wait == Duration::from_millis(20)));
    renew(&mut refresh, 2, now);
    assert_eq!(token_of(&first.next(now)), "Bearer access-2");
    assert!(matches!(second.next(now), Step::Wait(_)), "it has not waited yet");
    assert_eq!(token_of(&second.next(at(LIFETIME + 1))), "Bearer access-2");
    assert_eq!(world.session.tokens().unwrap(), Some(tokens(2)));
}

#[test]
fn a_token_that_is_due_is_renewed_by_one_that_has_its_reply() {
    let world = World::new();
    let due = at(LIFETIME - 300);
    let (mut call, mut refresh) = renewing(&world, due);
    // The others go on with what there is.
    let mut other = world.call();
    assert_eq!(token_of(&other.next(due)), "Bearer access-1");
    other.received(listed(), due);
    assert!(matches!(other.next(due), Step::Done(Ok(_))));
    renew(&mut refresh, 2, due);
    assert!(matches!(call.next(due), Step::Done(Ok(_))));
    assert_eq!(token_of(&world.call().next(due)), "Bearer access-2");
}

#[test]
fn nobody_has_to_wait_for_a_renewal() {
    let world = World::new();
    let due = at(LIFETIME - 300);
    let (mut call, _refresh) = renewing(&world, due);
    assert!(matches!(call.next(due), Step::Done(Ok(_))));
    assert_eq!(token_of(&world.call().next(at(LIFETIME - 1))), "Bearer access-1");
    // Once the token has expired, everybody has to.
    assert!(matches!(world.call().next(at(LIFETIME)), Step::Wait(_)));
}

/// A lapsed account answers 401 to every token: that is no reason for one refresh after the other.
#[test]
fn a_new_token_that_is_refused_is_not_replaced_at_once() {
    let world = World::new();
    let refused = |now: u64| {
        let mut call = world.call();
        assert!(matches!(call.next(at(now)), Step::Send(_)));
        call.received(unauthorized(), at(now));
        let refresh = refresh_of(call.next(at(now)));
        (call, refresh)
    };
    renew(&mut refused(5).1, 2, at(5));
    for now in [6, 34] {
        let (mut call, mut refresh) = refused(now);
        assert!(matches!(refresh.next(at(now)), RefreshStep::Done), "it looks, and asks nobody");
        let error = error_of(call.next(at(now)));
        assert!(matches!(&error, Error::Api(error) if error.status() == 401), "{error}");
    }
    renew(&mut refused(35).1, 3, at(35));
    // Once it was accepted, it may have been revoked.
    let mut call = world.call();
    assert!(matches!(call.next(at(36)), Step::Send(_)));
    call.received(listed(), at(36));
    renew(&mut refused(37).1, 4, at(37));
    // What another process has got is found at once.
    World::over(world.store.clone()).session.begin(&tokens(9), at(38).date).unwrap();
    let (mut call, mut refresh) = refused(38);
    assert!(matches!(refresh.next(at(38)), RefreshStep::Done));
    assert_eq!(token_of(&call.next(at(38))), "Bearer access-9");
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
    let mut refresh = refresh_of(call.next(at(7)));
    assert!(matches!(refresh.next(at(7)), RefreshStep::Done), "it looks, and asks nobody");
    let error = error_of(call.next(at(7)));
    assert!(matches!(&error, Error::Api(error) if error.status() == 401), "{error}");
    assert_eq!(call.attempts(), 2);
}

/// What is in the store may be of no use, either: that is found out, and then Kit is asked.
#[test]
fn a_token_that_the_store_has_may_be_refused_too() {
    let world = World::new();
    let mut call = world.call();
    call.next(at(5));
    World::over(world.store.clone()).session.begin(&tokens(2), at(5).date).unwrap();
    call.received(unauthorized(), at(5));
    assert!(matches!(refresh_of(call.next(at(5))).next(at(5)), RefreshStep::Done));
    assert_eq!(token_of(&call.next(at(5))), "Bearer access-2");
    call.received(unauthorized(), at(6));
    renew(&mut refresh_of(call.next(at(6))), 3, at(6));
    assert_eq!(token_of(&call.next(at(6))), "Bearer access-3");
    call.received(unauthorized(), at(7));
    let error = error_of(call.next(at(7)));
    assert!(matches!(&error, Error::Api(error) if error.status() == 401), "{error}");
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
        assert_eq!(sent(&mut refresh, at(now))["refresh_token"], "refresh-1");
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
fn a_renewal_that_fails_is_not_felt_while_the_token_lasts() {
    let world = World::new();
    let due = LIFETIME - 300;
    let (mut call, mut refresh) = renewing(&world, at(due));
    sent(&mut refresh, at(due));
    refresh.received(reply(403, &""), at(due));
    assert!(matches!(refresh.next(at(due)), RefreshStep::Done));
    assert!(matches!(call.next(at(due)), Step::Done(Ok(_))));
    // It is not tried again at once.
    let mut call = world.call();
    assert_eq!(token_of(&call.next(at(due + 29))), "Bearer access-1");
    call.received(listed(), at(due + 29));
    assert!(matches!(call.next(at(due + 29)), Step::Done(Ok(_))));
    // Half a minute later it is, and nobody is kept from it by the first claim.
    let (_, mut refresh) = renewing(&world, at(due + 30));
    renew(&mut refresh, 2, at(due + 30));
}

/// Who asks for patience is given it, by all calls.
#[test]
fn kit_is_not_asked_before_it_wants_to_be() {
    let world = World::new();
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    for attempt in 0..5 {
        sent(&mut refresh, at(LIFETIME + 7 * attempt));
        let limited = Response::builder().status(429).header("Retry-After", "7");
        refresh.received(limited.body(Vec::new()).unwrap(), at(LIFETIME + 7 * attempt));
        match refresh.next(at(LIFETIME + 7 * attempt)) {
            RefreshStep::Wait(wait) => assert_eq!(wait, Duration::from_secs(7)),
            step => assert!(attempt == 4 && matches!(step, RefreshStep::Done), "{step:?}"),
        }
    }
    let now = LIFETIME + 28;
    let error = error_of(call.next(at(now)));
    assert!(matches!(error, Error::Session { source: SessionError::NotRefreshed(_), .. }));
    let mut call = world.call();
    let step = call.next(at(now + 2));
    assert!(matches!(step, Step::Wait(wait) if wait == Duration::from_secs(5)), "{step:?}");
    renew(&mut refresh_of(call.next(at(now + 7))), 2, at(now + 7));
}

/// By who blocks on it and has no time left, or nobody who waits for it.
#[test]
fn what_is_given_up_is_not_begun_again_at_once() {
    let world = World::new();
    let mut patient = world.call();
    let mut refresh = refresh_of(world.call().next(at(LIFETIME)));
    assert!(matches!(patient.next(at(LIFETIME)), Step::Wait(_)));
    sent(&mut refresh, at(LIFETIME));
    let limited = Response::builder().status(503).header("Retry-After", "10");
    refresh.received(limited.body(Vec::new()).unwrap(), at(LIFETIME));
    assert!(matches!(refresh.next(at(LIFETIME)), RefreshStep::Wait(_)));
    assert!(refresh.can_be_given_up());
    refresh.give_up(at(LIFETIME + 1));
    // It is nobody's failure, and others wait no longer than it would have.
    let step = patient.next(at(LIFETIME + 1));
    assert!(matches!(step, Step::Wait(wait) if wait == Duration::from_secs(9)), "{step:?}");
    let other_process = World::over(world.store.clone());
    let mut other = refresh_of(other_process.call().next(at(LIFETIME + 2)));
    sent(&mut other, at(LIFETIME + 2));
    drop(other);
    let mut refresh = refresh_of(patient.next(at(LIFETIME + 62)));
    renew(&mut refresh, 2, at(LIFETIME + 62));
}

#[test]
fn a_refresh_that_fails_is_told_to_all_who_wait() {
    let world = World::new();
    let (mut first, mut second) = (world.call(), world.call());
    let mut refresh = refresh_of(first.next(at(LIFETIME)));
    second.next(at(LIFETIME));
    sent(&mut refresh, at(LIFETIME));
    refresh.received(reply(403, &""), at(LIFETIME));
    refresh.next(at(LIFETIME));
    for call in [&mut first, &mut second] {
        let error = error_of(call.next(at(LIFETIME + 1)));
        assert_eq!(
            error.to_string(),
            "GET /v4/webhooks: the session cannot be refreshed: POST /v4/oauth/token: \
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
    sent(&mut refresh, at(LIFETIME));
    refresh.received(invalid_grant(), at(LIFETIME));
    assert!(matches!(refresh.next(at(LIFETIME)), RefreshStep::Done));
    let ended = "GET /v4/webhooks: the session has ended, authorize again: \
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
fn a_refresh_that_is_dropped_is_begun_anew() {
    let world = World::new();
    let (mut first, mut second) = (world.call(), world.call());
    let mut refresh = refresh_of(first.next(at(LIFETIME)));
    second.next(at(LIFETIME));
    sent(&mut refresh, at(LIFETIME));
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
    // That its token was refused before is what the refresh is to mend.
    let world = World::new();
    let (mut first, mut second) = (world.call(), world.call());
    for call in [&mut first, &mut second] {
        call.next(at(0));
        call.received(unauthorized(), at(0));
    }
    let _refresh = refresh_of(first.next(at(0)));
    for call in [&mut first, &mut second] {
        assert!(matches!(call.next(at(1)), Step::Wait(_)));
        let error = error_of(call.next(at(120)));
        assert!(matches!(error, Error::Session { source: SessionError::Busy, .. }), "{error}");
    }
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
    sent(&mut refresh, at(LIFETIME));
    refresh.received(reply(403, &""), at(LIFETIME));
    refresh.next(at(LIFETIME));
    let Step::Done(Err(error)) = call.next(at(LIFETIME)) else { panic!("not done") };
    assert!(error.may_have_been_applied());
    assert!(error.to_string().ends_with("; an earlier attempt may have been applied"), "{error}");
}

/// Two calls are refused; one of them refreshes, the other waits: both are told the same.
#[test]
fn who_waits_for_what_cannot_be_is_told_what_kit_said() {
    let world = World::over(Arc::default());
    world.session.begin(&Tokens::new("access-1"), at(0).date).unwrap();
    let mut calls = [world.call(), world.call()];
    for call in &mut calls {
        assert!(matches!(call.next(at(0)), Step::Send(_)));
        call.received(unauthorized(), at(0));
    }
    let mut refresh = refresh_of(calls[0].next(at(0)));
    assert!(matches!(calls[1].next(at(0)), Step::Wait(_)));
    assert!(matches!(refresh.next(at(0)), RefreshStep::Done));
    for call in &mut calls {
        let error = error_of(call.next(at(1)));
        assert!(matches!(&error, Error::Api(error) if error.status() == 401), "{error}");
    }
}

#[test]
fn tokens_without_a_refresh_token_are_used_up() {
    let world = World::over(Arc::default());
    let tokens = Tokens::new("access-1").with_expires_in(LIFETIME);
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
    sent(&mut refresh, at(LIFETIME));
    refresh.received(reply(200, &serde_json::json!({"access_token": "b"})), at(LIFETIME));
    refresh.next(at(LIFETIME));
    let held = world.session.tokens().unwrap().unwrap();
    assert_eq!(held, Tokens::new("b").with_refresh_token("refresh-1"));
}

#[test]
fn tokens_that_last_no_time_are_used_all_the_same() {
    let world = World::new();
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    sent(&mut refresh, at(LIFETIME));
    let tokens = tokens(2).with_expires_in(0);
    refresh.received(reply(200, &tokens), at(LIFETIME));
    refresh.next(at(LIFETIME));
    assert_eq!(token_of(&call.next(at(LIFETIME))), "Bearer access-2");
}

/// An impatient call is no reason for others to fail.
#[test]
fn a_refresh_has_a_policy_of_its_own() {
    let world = World::new();
    let list = ListWebhooks::new();
    let hasty = RetryPolicy::none().with_deadline(Duration::from_millis(10));
    let mut call = Call::new(&world.kit, &list, hasty, 0);
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    sent(&mut refresh, at(LIFETIME));
    refresh.received(reply(503, &""), at(LIFETIME + 1));
    assert!(matches!(refresh.next(at(LIFETIME + 1)), RefreshStep::Wait(_)));
    renew(&mut refresh, 2, at(LIFETIME + 3));
    let error = error_of(call.next(at(LIFETIME + 3)));
    assert!(matches!(error, Error::Session { source: SessionError::Busy, .. }), "{error}");
    assert_eq!(token_of(&world.call().next(at(LIFETIME + 3))), "Bearer access-2");
}

#[test]
fn it_says_whether_something_is_lost_when_it_is_given_up() {
    let world = World::new();
    let mut refresh = refresh_of(world.call().next(at(LIFETIME)));
    assert!(refresh.can_be_given_up());
    assert_eq!(refresh.time_left(at(LIFETIME)), Duration::ZERO);
    sent(&mut refresh, at(LIFETIME));
    assert!(!refresh.can_be_given_up());
    assert_eq!(refresh.time_left(at(LIFETIME + 5)), Duration::from_secs(50));
    refresh.received(reply(503, &""), at(LIFETIME + 5));
    assert!(refresh.can_be_given_up());
    sent(&mut refresh, at(LIFETIME + 9));
    refresh.received(reply(200, &tokens(2)), at(LIFETIME + 9));
    assert!(!refresh.can_be_given_up());
}
