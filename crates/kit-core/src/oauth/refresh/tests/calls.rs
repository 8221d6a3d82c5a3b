//! Scenarios of calls with a session.

use super::*;

#[test]
fn a_token_is_used_as_long_as_it_lasts() {
    let world = World::new();
    for now in [0, 1000, LIFETIME - 301] {
        assert_eq!(token_of(&world.call().next(at(now))), "Bearer access-1");
    }
}

#[test]
fn the_store_is_read_when_tokens_are_needed() {
    let world = World::over(World::new().store);
    let error = world.kit.request(&ListWebhooks::new()).unwrap_err().to_string();
    assert!(error.starts_with("session: has no access token yet"), "{error}");
    assert_eq!(world.session.tokens(), None);
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(10)));
    world.end(&mut refresh, at(10)).unwrap();
    assert_eq!(token_of(&call.next(at(10))), "Bearer access-1");
    // From now on it is known.
    assert_eq!(token_of(&world.call().next(at(11))), "Bearer access-1");
    assert_eq!(world.session.tokens(), Some(tokens(1)));
    let request = world.kit.request(&ListWebhooks::new()).unwrap();
    assert_eq!(request.headers()["authorization"], "Bearer access-1");
}

#[test]
fn a_token_that_has_expired_is_refreshed_once_for_all() {
    let world = World::new();
    let now = at(LIFETIME);
    let (mut first, mut second) = (world.call(), world.call());
    let mut refresh = refresh_of(first.next(now));
    assert_eq!(waits(&second.next(now)), Some(Duration::from_secs(60)));
    world.renew(&mut refresh, 2, now);
    for call in [&mut first, &mut second] {
        assert_eq!(token_of(&call.next(now)), "Bearer access-2");
    }
    assert_eq!(world.store.tokens(), Some(tokens(2)));
}

#[test]
fn waiting_calls_are_woken_when_there_are_tokens_and_not_before() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Wake, Waker};

    #[derive(Default)]
    struct Counting(AtomicUsize);
    impl Wake for Counting {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    let world = World::new();
    let now = at(LIFETIME);
    let mut refresh = refresh_of(world.call().next(now));
    let count = Arc::new(Counting::default());
    let waker = Waker::from(count.clone());
    let mut context = Context::from_waker(&waker);
    let mut calls: Vec<_> = (0..1000).map(|_| world.call()).collect();
    let mut waiting: Vec<_> = (calls.iter_mut())
        .map(|call| match call.next(now) {
            Step::AwaitRefresh { refreshed, .. } => Box::pin(refreshed),
            step => panic!("{step:?}"),
        })
        .collect();
    for refreshed in &mut waiting {
        assert!(refreshed.as_mut().poll(&mut context).is_pending());
        assert!(refreshed.as_mut().poll(&mut context).is_pending(), "it is kept once");
    }
    // A call that gives up is not woken.
    drop(waiting.pop());
    world.sent(&mut refresh, now);
    assert_eq!(count.0.load(Ordering::Relaxed), 0);
    // The tokens will do for calls, although they are not saved yet.
    refresh.received(reply(200, &tokens(2)), now);
    assert_eq!(count.0.load(Ordering::Relaxed), 999);
    assert!(waiting.iter_mut().all(|refreshed| refreshed.as_mut().poll(&mut context).is_ready()));
    for call in &mut calls {
        assert_eq!(token_of(&call.next(now)), "Bearer access-2");
    }
    // A program that wants to know that all is saved waits on.
    let (settled, within) = world.session.settles(now).unwrap().expect("a refresh under way");
    assert_eq!(within, Duration::from_secs(60));
    let mut settled = Box::pin(settled);
    assert!(settled.as_mut().poll(&mut context).is_pending());
    world.end(&mut refresh, now).unwrap();
    assert_eq!(count.0.load(Ordering::Relaxed), 1000);
    assert!(settled.as_mut().poll(&mut context).is_ready());
    assert!(world.session.settles(now).unwrap().is_none());
}

#[test]
fn a_token_that_is_due_is_renewed_by_one_call_before_it_sends() {
    let world = World::new();
    let due = at(LIFETIME - 300);
    let (mut call, mut refresh) = world.renewing(due);
    // The others go on with what there is.
    let mut other = world.call();
    assert_eq!(token_of(&other.next(due)), "Bearer access-1");
    world.renew(&mut refresh, 2, due);
    assert_eq!(token_of(&call.next(due)), "Bearer access-2");
    assert_eq!(token_of(&world.call().next(due)), "Bearer access-2");
}

/// Whoever cancels the call while it waits for anything else would do again what is done.
#[test]
fn a_reply_that_has_come_is_never_held_back() {
    let world = World::new();
    let mut call = world.call();
    assert!(matches!(call.next(at(LIFETIME - 301)), Step::Send(_)));
    for now in [LIFETIME - 300, LIFETIME] {
        let mut call = world.call();
        // Its token was given before it was due, or had expired.
        assert!(matches!(call.next(at(LIFETIME - 301)), Step::Send(_)));
        call.received(listed(), at(now));
        assert!(matches!(call.next(at(now)), Step::Done(Ok(_))));
    }
}

#[test]
fn a_call_whose_token_lasts_waits_for_no_renewal() {
    let world = World::new();
    let due = LIFETIME - 300;
    let (mut call, mut refresh) = world.renewing(at(due));
    world.sent(&mut refresh, at(due));
    // Not even for a moment: it is sent with the token that lasts, and no other call begins a renewal.
    assert_eq!(token_of(&call.next(at(due))), "Bearer access-1");
    call.received(listed(), at(due + 6));
    assert!(matches!(call.next(at(due + 6)), Step::Done(Ok(_))));
    assert_eq!(token_of(&world.call().next(at(due + 7))), "Bearer access-1");
    // Once the token has expired, everybody has to wait.
    refresh.next(at(LIFETIME - 1));
    assert!(waits(&world.call().next(at(LIFETIME))).is_some());
}

/// However little time the call has: it sends, and nobody says that the session is busy.
#[test]
fn a_slow_renewal_fails_no_call() {
    let world = World::new();
    let due = LIFETIME - 300;
    let mut call =
        Call::new(&world.kit, ListWebhooks::new(), 0).with_timeout(Duration::from_secs(1));
    let mut refresh = refresh_of(call.next(at(due)));
    world.sent(&mut refresh, at(due));
    assert_eq!(token_of(&call.next(at(due))), "Bearer access-1");
    call.received(listed(), at(due));
    assert!(matches!(call.next(at(due)), Step::Done(Ok(_))));
    refresh.received(reply(200, &tokens(2)), at(due + 50));
    world.end(&mut refresh, at(due + 50)).unwrap();
    assert_eq!(token_of(&world.call().next(at(due + 50))), "Bearer access-2");
}

/// A lapsed account answers 401 to every token: that is no reason for one refresh after the other.
#[test]
fn a_new_token_that_is_rejected_is_not_replaced_at_once() {
    let world = World::new();
    let rejected = |now: u64| {
        let mut call = world.call();
        assert!(matches!(call.next(at(now)), Step::Send(_)));
        call.received(unauthorized(), at(now));
        let refresh = refresh_of(call.next(at(now)));
        (call, refresh)
    };
    world.renew(&mut rejected(5).1, 2, at(5));
    for now in [6, 34] {
        // Other calls succeed: what is wrong is not with the token.
        let mut other = world.call();
        assert!(matches!(other.next(at(now)), Step::Send(_)));
        other.received(listed(), at(now));
        let (mut call, mut refresh) = rejected(now);
        let result = world.end(&mut refresh, at(now));
        assert!(matches!(result, Err(SessionError::Rejected)), "it looks, and asks nobody");
        let error = error_of(call.next(at(now)));
        assert!(is(&error, &SessionError::Rejected), "{error}");
    }
    // Half a minute after the last grant it may have been revoked.
    world.renew(&mut rejected(35).1, 3, at(35));
    // Tokens of another process are found at once.
    World::over(world.store.clone()).begin(&tokens(9), at(38)).unwrap();
    let (mut call, mut refresh) = rejected(38);
    world.end(&mut refresh, at(38)).unwrap();
    assert_eq!(token_of(&call.next(at(38))), "Bearer access-9");
}

#[test]
fn a_token_that_kit_rejects_is_refreshed_once() {
    let world = World::new();
    let mut call = world.call();
    call.next(at(5));
    call.received(unauthorized(), at(5));
    let mut refresh = refresh_of(call.next(at(5)));
    world.renew(&mut refresh, 2, at(6));
    assert_eq!(token_of(&call.next(at(6))), "Bearer access-2");
    // That the new one is rejected, too, is for the caller to know.
    call.received(unauthorized(), at(7));
    let mut refresh = refresh_of(call.next(at(7)));
    assert!(world.end(&mut refresh, at(7)).is_err(), "it looks, and asks nobody");
    let error = error_of(call.next(at(7)));
    assert!(is(&error, &SessionError::Rejected), "{error}");
    assert_eq!(call.attempts(), 2);
}

/// The 401 was about a token that was replaced meanwhile.
#[test]
fn a_call_that_is_paced_after_a_401_says_so() {
    let world = World::new();
    let pacer = crate::Pacer::new(1);
    let mut call = world.call().with_pacer(&pacer).with_timeout(Duration::from_secs(30));
    call.next(at(5));
    call.received(unauthorized(), at(5));
    world.renew(&mut refresh_of(call.next(at(5))), 2, at(6));
    let error = error_of(call.next(at(6)));
    assert!(matches!(error, Error::Paced { .. }), "{error}");
}

/// The tokens in the store may be of no use, either: that is found out, and then Kit is asked.
#[test]
fn a_token_that_the_store_has_may_be_rejected_too() {
    let world = World::new();
    let mut call = world.call();
    call.next(at(5));
    World::over(world.store.clone()).begin(&tokens(2), at(5)).unwrap();
    call.received(unauthorized(), at(5));
    world.end(&mut refresh_of(call.next(at(5))), at(5)).unwrap();
    assert_eq!(token_of(&call.next(at(5))), "Bearer access-2");
    call.received(unauthorized(), at(6));
    world.renew(&mut refresh_of(call.next(at(6))), 3, at(6));
    assert_eq!(token_of(&call.next(at(6))), "Bearer access-3");
    call.received(unauthorized(), at(7));
    let error = error_of(call.next(at(7)));
    assert!(matches!(&error, Error::Api(error) if error.status() == 401), "{error}");
}

#[test]
fn a_call_rejected_with_an_old_token_takes_the_new_one() {
    let world = World::new();
    let (mut first, mut second) = (world.call(), world.call());
    for call in [&mut first, &mut second] {
        call.next(at(5));
        call.received(unauthorized(), at(5));
    }
    world.renew(&mut refresh_of(first.next(at(5))), 2, at(6));
    assert_eq!(token_of(&second.next(at(6))), "Bearer access-2");
}

/// The row of [`Call`]'s table: also a single attempt is made again after a 401.
#[test]
fn a_create_is_sent_again_after_a_401() {
    let world = World::new();
    let create = crate::fixtures::create();
    let mut call = Call::new(&world.kit, &create, 0).with_retry(RetryPolicy::none());
    assert!(matches!(call.next(at(5)), Step::Send(_)));
    call.received(unauthorized(), at(5));
    let Step::Refresh(mut refresh) = call.next(at(5)) else { panic!("no refresh") };
    world.renew(&mut refresh, 2, at(5));
    assert!(matches!(call.next(at(5)), Step::Send(_)));
    // Nothing else is.
    call.received(reply(503, &""), at(5));
    let Step::Done(Err(error)) = call.next(at(5)) else { panic!("not done") };
    assert!(error.may_have_been_applied());
}

#[test]
fn without_a_session_a_401_is_final() {
    let kit = Kit::new(Credentials::access_token("a"));
    let mut call = Call::new(&kit, ListWebhooks::new(), 0);
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
        assert_eq!(world.sent(&mut refresh, at(now))["refresh_token"], "refresh-1");
        match attempt {
            0 => refresh.received(reply(503, &""), at(now)),
            1 => refresh.received(reply(429, &""), at(now)),
            2 => refresh.failed(TransportError::CutOff("reset".into()), at(now)),
            _ => refresh.failed(TransportError::NotSent("refused".into()), at(now)),
        }
        let RefreshStep::Wait(wait) = refresh.next(at(now)) else { panic!("no wait") };
        now += wait.as_secs() + 1;
    }
    world.renew(&mut refresh, 2, at(now));
    assert_eq!(token_of(&call.next(at(now))), "Bearer access-2");
}

#[test]
fn a_renewal_that_fails_is_not_felt_while_the_token_lasts() {
    let world = World::new();
    let due = LIFETIME - 300;
    let (mut call, mut refresh) = world.renewing(at(due));
    world.sent(&mut refresh, at(due));
    refresh.received(reply(403, &""), at(due));
    assert!(matches!(world.end(&mut refresh, at(due)), Err(SessionError::NotRefreshed(_))));
    assert_eq!(token_of(&call.next(at(due))), "Bearer access-1");
    // The renewal is not tried again at once.
    assert_eq!(token_of(&world.call().next(at(due + 29))), "Bearer access-1");
    // Half a minute later it is, and nobody is kept from it by the first claim.
    let (_, mut refresh) = world.renewing(at(due + 30));
    world.renew(&mut refresh, 2, at(due + 30));
}

/// Kit's `Retry-After` is obeyed by all calls.
#[test]
fn kit_is_not_asked_before_it_wants_to_be() {
    let world = World::new();
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    for attempt in 0..5 {
        world.sent(&mut refresh, at(LIFETIME + 7 * attempt));
        let limited = Response::builder().status(429).header("Retry-After", "7");
        refresh.received(limited.body(Vec::new()).unwrap(), at(LIFETIME + 7 * attempt));
        match world.ask(&mut refresh, at(LIFETIME + 7 * attempt)) {
            RefreshStep::Wait(wait) => assert_eq!(wait, Duration::from_secs(7)),
            step => assert!(attempt == 4 && matches!(step, RefreshStep::Done(Err(_))), "{step:?}"),
        }
    }
    let now = LIFETIME + 28;
    let error = error_of(call.next(at(now)));
    assert!(matches!(error, Error::Session { failure: SessionError::NotRefreshed(_), .. }));
    let mut call = world.call();
    let step = call.next(at(now + 2));
    assert!(matches!(step, Step::Wait(wait) if wait == Duration::from_secs(5)), "{step:?}");
    // A new authorization has nothing to do with that.
    world.begin(&tokens(7).with_expires_in(0), at(now + 3)).unwrap();
    world.renew(&mut refresh_of(world.call().next(at(now + 3))), 8, at(now + 3));
}

/// A claim in the store outlasts the process that made it by its lease.
#[test]
fn a_dropped_refresh_holds_other_processes_up_for_its_lease() {
    let world = World::new();
    let mut patient = world.call();
    let other_process = World::over(world.store.clone());
    let mut other = refresh_of(other_process.call().next(at(LIFETIME + 2)));
    world.sent(&mut other, at(LIFETIME + 2));
    drop(other);
    let mut refresh = refresh_of(patient.next(at(LIFETIME + 2)));
    for now in [LIFETIME + 2, LIFETIME + 61] {
        assert!(matches!(world.ask(&mut refresh, at(now)), RefreshStep::Wait(_)));
    }
    world.renew(&mut refresh, 2, at(LIFETIME + 62));
}

#[test]
fn a_refresh_that_fails_is_told_to_all_who_wait() {
    let world = World::new();
    let (mut first, mut second) = (world.call(), world.call());
    let mut refresh = refresh_of(first.next(at(LIFETIME)));
    second.next(at(LIFETIME));
    world.sent(&mut refresh, at(LIFETIME));
    refresh.received(reply(403, &""), at(LIFETIME));
    world.end(&mut refresh, at(LIFETIME)).unwrap_err();
    for call in [&mut first, &mut second] {
        let error = error_of(call.next(at(LIFETIME + 1)));
        assert_eq!(
            error.to_string(),
            "GET /v4/webhooks: the session cannot be refreshed: POST /v4/oauth/token: \
             403 Forbidden: \"\""
        );
        assert!(!error.may_have_been_applied());
    }
    // A later call tries again.
    world.renew(&mut refresh_of(world.call().next(at(LIFETIME + 2))), 2, at(LIFETIME + 2));
}

#[test]
fn a_session_that_has_ended_is_known_without_asking_again() {
    let world = World::new();
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    world.sent(&mut refresh, at(LIFETIME));
    refresh.received(invalid_grant(), at(LIFETIME));
    world.end(&mut refresh, at(LIFETIME)).unwrap_err();
    let ended = "GET /v4/webhooks: the session has ended, authorize again: \
        invalid_grant";
    assert_eq!(error_of(call.next(at(LIFETIME))).to_string(), ended);
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    world.end(&mut refresh, at(LIFETIME)).expect_err("asks nobody");
    assert_eq!(error_of(call.next(at(LIFETIME))).to_string(), ended);
    // Until the app is authorized anew.
    world.begin(&tokens(7), at(LIFETIME)).unwrap();
    assert_eq!(token_of(&world.call().next(at(LIFETIME))), "Bearer access-7");
}

#[test]
fn a_refresh_that_is_dropped_is_begun_anew() {
    let world = World::new();
    let (mut first, mut second) = (world.call(), world.call());
    let mut refresh = refresh_of(first.next(at(LIFETIME)));
    second.next(at(LIFETIME));
    world.sent(&mut refresh, at(LIFETIME));
    drop(refresh);
    drop(first);
    world.renew(&mut refresh_of(second.next(at(LIFETIME + 1))), 2, at(LIFETIME + 1));
    assert_eq!(token_of(&second.next(at(LIFETIME + 1))), "Bearer access-2");
}

/// Whoever drops every refresh does not make a call go round for ever.
#[test]
fn a_call_whose_refreshes_are_all_dropped_ends() {
    let world = World::new();
    let mut call = world.call();
    for _ in 0..8 {
        drop(refresh_of(call.next(at(LIFETIME))));
    }
    let error = error_of(call.next(at(LIFETIME)));
    assert!(matches!(error, Error::Session { failure: SessionError::Dropped, .. }), "{error}");
}

/// Its runtime is not driven any more, say. It has a lease, and no more.
#[test]
fn a_refresh_that_nobody_drives_blocks_the_others_no_longer_than_its_lease() {
    let world = World::new();
    let mut abandoned = refresh_of(world.call().next(at(LIFETIME)));
    world.sent(&mut abandoned, at(LIFETIME + 5));
    let mut call = world.call();
    assert_eq!(waits(&call.next(at(LIFETIME + 10))), Some(Duration::from_secs(55)));
    let settles = |now| world.session.settles(at(now)).unwrap().map(|(_, within)| within);
    assert_eq!(settles(LIFETIME + 64), Some(Duration::from_secs(1)));
    assert_eq!(settles(LIFETIME + 65), None);
    let mut refresh = refresh_of(call.next(at(LIFETIME + 65)));
    world.renew(&mut refresh, 2, at(LIFETIME + 65));
    assert_eq!(token_of(&call.next(at(LIFETIME + 65))), "Bearer access-2");
    // The result of an abandoned refresh is nobody's failure.
    abandoned.received(invalid_grant(), at(LIFETIME + 70));
    world.end(&mut abandoned, at(LIFETIME + 70)).unwrap();
    assert_eq!(token_of(&world.call().next(at(LIFETIME + 70))), "Bearer access-2");
}

#[test]
fn an_abandoned_refresh_does_not_end_another() {
    let world = World::new();
    let abandoned = refresh_of(world.call().next(at(LIFETIME)));
    let mut refresh = refresh_of(world.call().next(at(LIFETIME + 60)));
    drop(abandoned);
    let mut call = world.call();
    assert!(waits(&call.next(at(LIFETIME + 61))).is_some(), "the other is still under way");
    world.renew(&mut refresh, 2, at(LIFETIME + 62));
    assert_eq!(token_of(&call.next(at(LIFETIME + 62))), "Bearer access-2");
}

#[test]
fn a_refresh_that_is_driven_keeps_its_place() {
    let world = World::new();
    let mut refresh = refresh_of(world.call().next(at(LIFETIME)));
    let mut call = world.call();
    for now in [0, 50] {
        world.sent(&mut refresh, at(LIFETIME + now));
        let limited = Response::builder().status(429).header("Retry-After", "50");
        refresh.received(limited.body(Vec::new()).unwrap(), at(LIFETIME + now));
        world.ask(&mut refresh, at(LIFETIME + now));
        assert!(waits(&call.next(at(LIFETIME + now))).is_some());
    }
}

#[test]
fn a_call_does_not_wait_for_a_refresh_beyond_its_timeout() {
    let world = World::new();
    let mut refresh = refresh_of(world.call().next(at(LIFETIME)));
    let mut call = world.call();
    assert!(waits(&call.next(at(LIFETIME))).is_some());
    // Somebody drives it.
    world.sent(&mut refresh, at(LIFETIME));
    let limited = Response::builder().status(429).header("Retry-After", "60");
    refresh.received(limited.body(Vec::new()).unwrap(), at(LIFETIME));
    world.ask(&mut refresh, at(LIFETIME + 59));
    world.ask(&mut refresh, at(LIFETIME + 118));
    assert_eq!(waits(&call.next(at(LIFETIME + 119))), Some(Duration::from_secs(1)));
    let error = error_of(call.next(at(LIFETIME + 120)));
    assert!(matches!(error, Error::Session { failure: SessionError::Busy, .. }), "{error}");
    // That its token was rejected before is what the refresh is to mend.
    let world = World::new();
    let (mut first, mut second) = (world.call(), world.call());
    for call in [&mut first, &mut second] {
        call.next(at(0));
        call.received(unauthorized(), at(0));
    }
    let mut refresh = refresh_of(first.next(at(0)));
    world.sent(&mut refresh, at(50));
    refresh.received(reply(503, &""), at(100));
    refresh.next(at(100));
    for call in [&mut first, &mut second] {
        assert!(waits(&call.next(at(101))).is_some());
        let error = error_of(call.next(at(120)));
        assert!(matches!(error, Error::Session { failure: SessionError::Busy, .. }), "{error}");
    }
}

#[test]
fn an_earlier_attempt_is_not_forgotten_over_a_refresh() {
    let world = World::new();
    let delete = DeleteWebhook::new(9.into());
    let mut call = Call::new(&world.kit, &delete, 0).with_timeout(Duration::MAX);
    call.next(at(0));
    call.failed(TransportError::CutOff("reset".into()), at(0));
    let Step::Refresh(mut refresh) = call.next(at(LIFETIME)) else { panic!("no refresh") };
    world.sent(&mut refresh, at(LIFETIME));
    refresh.received(reply(403, &""), at(LIFETIME));
    world.end(&mut refresh, at(LIFETIME)).unwrap_err();
    let Step::Done(Err(error)) = call.next(at(LIFETIME)) else { panic!("not done") };
    assert!(error.may_have_been_applied());
    assert!(error.to_string().ends_with("; an earlier attempt may have been applied"), "{error}");
}

/// Two calls are rejected; one of them refreshes, the other waits: both are told the same.
#[test]
fn waiting_calls_are_told_that_the_session_has_no_refresh_token() {
    let world = World::over(Arc::default());
    world.begin(&Tokens::new("access-1"), at(0)).unwrap();
    let mut calls = [world.call(), world.call()];
    for call in &mut calls {
        assert!(matches!(call.next(at(0)), Step::Send(_)));
        call.received(unauthorized(), at(0));
    }
    let mut refresh = refresh_of(calls[0].next(at(0)));
    assert!(waits(&calls[1].next(at(0))).is_some());
    let result = world.end(&mut refresh, at(0));
    assert!(matches!(result, Err(SessionError::NoRefreshToken)));
    for call in &mut calls {
        let error = error_of(call.next(at(1)));
        assert!(is(&error, &SessionError::NoRefreshToken), "{error}");
    }
}

#[test]
fn tokens_without_a_refresh_token_are_used_up() {
    let world = World::over(Arc::default());
    let tokens = Tokens::new("access-1").with_expires_in(LIFETIME);
    world.begin(&tokens, at(0)).unwrap();
    let mut call = world.call();
    assert_eq!(token_of(&call.next(at(LIFETIME * 2))), "Bearer access-1");
    call.received(unauthorized(), at(LIFETIME * 2));
    let mut refresh = refresh_of(call.next(at(LIFETIME * 2)));
    world.end(&mut refresh, at(LIFETIME * 2)).unwrap_err();
    let error = error_of(call.next(at(LIFETIME * 2)));
    assert!(is(&error, &SessionError::NoRefreshToken), "{error}");
    assert_eq!(
        error.to_string(),
        "GET /v4/webhooks: the access token has ended, and there is no refresh token: authorize again; \
         Kit said: 401 Unauthorized: The access token is invalid"
    );
}

#[test]
fn a_refresh_token_goes_on_where_there_is_no_new_one() {
    let world = World::new();
    let mut refresh = refresh_of(world.call().next(at(LIFETIME)));
    world.sent(&mut refresh, at(LIFETIME));
    refresh.received(reply(200, &serde_json::json!({"access_token": "b"})), at(LIFETIME));
    world.end(&mut refresh, at(LIFETIME)).unwrap();
    let held = world.store.tokens().unwrap();
    assert_eq!(held, Tokens::new("b").with_refresh_token("refresh-1"));
}

#[test]
fn tokens_that_last_no_time_are_used_all_the_same() {
    let world = World::new();
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    world.sent(&mut refresh, at(LIFETIME));
    let tokens = tokens(2).with_expires_in(0);
    refresh.received(reply(200, &tokens), at(LIFETIME));
    world.end(&mut refresh, at(LIFETIME)).unwrap();
    assert_eq!(token_of(&call.next(at(LIFETIME))), "Bearer access-2");
    // By those who have waited for it. Whoever comes later gets another.
    world.renew(&mut refresh_of(world.call().next(at(LIFETIME + 1))), 3, at(LIFETIME + 1));
}

/// Kit's guide has two days for the first token, and two hours for each that follows.
#[test]
fn each_token_lasts_as_long_as_is_said_with_it() {
    let world = World::new();
    let mut refresh = refresh_of(world.call().next(at(LIFETIME)));
    world.sent(&mut refresh, at(LIFETIME));
    refresh.received(reply(200, &tokens(2).with_expires_in(7200)), at(LIFETIME));
    world.end(&mut refresh, at(LIFETIME)).unwrap();
    for (after, is_due) in [(6899, false), (6900, true)] {
        let step = world.call().next(at(LIFETIME + after));
        assert_eq!(matches!(step, Step::Refresh(_)), is_due, "{step:?}");
    }
    refresh_of(world.call().next(at(LIFETIME + 7200)));
}

/// An impatient call is no reason for others to fail.
#[test]
fn a_refresh_has_a_policy_of_its_own() {
    let world = World::new();
    let mut call = Call::new(&world.kit, ListWebhooks::new(), 0)
        .with_retry(RetryPolicy::none())
        .with_timeout(Duration::from_millis(10));
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    world.sent(&mut refresh, at(LIFETIME));
    refresh.received(reply(503, &""), at(LIFETIME + 1));
    assert!(matches!(refresh.next(at(LIFETIME + 1)), RefreshStep::Wait(_)));
    world.renew(&mut refresh, 2, at(LIFETIME + 3));
    let error = error_of(call.next(at(LIFETIME + 3)));
    assert!(matches!(error, Error::Session { failure: SessionError::Busy, .. }), "{error}");
    assert_eq!(token_of(&world.call().next(at(LIFETIME + 3))), "Bearer access-2");
}

#[test]
fn a_request_may_take_as_long_as_the_claim_lasts() {
    let world = World::new();
    let mut refresh = refresh_of(world.call().next(at(LIFETIME)));
    assert_eq!(refresh.time_left(at(LIFETIME)), Duration::ZERO);
    world.sent(&mut refresh, at(LIFETIME));
    assert_eq!(refresh.time_left(at(LIFETIME + 5)), Duration::from_secs(50));
    refresh.received(reply(503, &""), at(LIFETIME + 5));
    assert_eq!(refresh.time_left(at(LIFETIME + 5)), Duration::ZERO);
}

#[test]
fn a_session_in_memory_asks_for_no_store() {
    let session = Session::in_memory(App::public("id"));
    let kit = Kit::new(Credentials::session(&session));
    let call = || Call::new(&kit, ListWebhooks::new(), 0);
    let next = |refresh: &mut Refresh, now| match refresh.next(now) {
        step @ (RefreshStep::Load | RefreshStep::Save(_)) => panic!("{step:?}"),
        step => step,
    };
    let mut nobody = call();
    let mut refresh = refresh_of(nobody.next(at(0)));
    assert!(matches!(next(&mut refresh, at(0)), RefreshStep::Done(Err(SessionError::NoTokens))));

    let mut begin = session.begin(&tokens(1), at(0)).unwrap();
    assert!(matches!(next(&mut begin, at(0)), RefreshStep::Done(Ok(()))));
    assert_eq!(token_of(&call().next(at(0))), "Bearer access-1");
    let mut first = call();
    let mut refresh = refresh_of(first.next(at(LIFETIME)));
    assert!(matches!(next(&mut refresh, at(LIFETIME)), RefreshStep::Send(_)));
    refresh.received(reply(503, &""), at(LIFETIME));
    assert!(matches!(next(&mut refresh, at(LIFETIME)), RefreshStep::Wait(_)));
    assert!(matches!(next(&mut refresh, at(LIFETIME + 9)), RefreshStep::Send(_)));
    refresh.received(reply(200, &tokens(2)), at(LIFETIME + 9));
    assert!(matches!(next(&mut refresh, at(LIFETIME + 9)), RefreshStep::Done(Ok(()))));
    assert_eq!(token_of(&first.next(at(LIFETIME + 9))), "Bearer access-2");

    let now = at(LIFETIME * 2 + 9);
    let mut refresh = refresh_of(call().next(now));
    assert!(matches!(next(&mut refresh, now), RefreshStep::Send(_)));
    refresh.received(invalid_grant(), now);
    assert!(matches!(next(&mut refresh, now), RefreshStep::Done(Err(SessionError::Ended(_)))));
}

#[test]
fn another_clock_is_noticed() {
    let world = World::new();
    let other = Clock::new().time(Duration::ZERO, at(0).date);
    assert!(world.session.begin(&tokens(1), other).is_err());
    let error = error_of(world.call().next(other));
    assert!(error.to_string().starts_with("clock: "), "{error}");
}
