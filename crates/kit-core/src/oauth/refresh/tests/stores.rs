//! Scenarios of a session with its store.

use super::*;

/// The old refresh token is spent anyway: to withhold the new tokens would turn a full disk into an outage.
#[test]
fn new_tokens_are_used_while_saving_them_is_tried_again() {
    for now in [LIFETIME - 300, LIFETIME] {
        let world = World::new();
        let mut call = world.call();
        let mut refresh = refresh_of(call.next(at(now)));
        world.sent(&mut refresh, at(now));
        world.store.set(Mood::Full);
        refresh.received(reply(200, &tokens(2)), at(now));
        assert_eq!(token_of(&world.call().next(at(now))), "Bearer access-2", "it is used at once");
        assert!(world.session.unsaved().is_none(), "nothing is known yet");
        let now = world.give_up_saving(&mut refresh, now);
        // The caller learns of it, and goes on.
        assert_eq!(token_of(&call.next(at(now))), "Bearer access-2");
        let unsaved = world.session.unsaved().unwrap().to_string();
        assert_eq!(unsaved, "the session cannot be written to its store: the disk is full");
        assert_eq!(world.store.tokens(), Some(tokens(1)));
        // One call in half a minute tries again, and no call fails by it.
        assert_eq!(token_of(&world.call().next(at(now + 29))), "Bearer access-2");
        let (mut call, mut again) = world.renewing(at(now + 30));
        assert_eq!(token_of(&world.call().next(at(now + 30))), "Bearer access-2");
        world.end(&mut again, at(now + 30)).unwrap_err();
        assert_eq!(token_of(&call.next(at(now + 30))), "Bearer access-2");
        world.store.set(Mood::Well);
        let (_, mut again) = world.renewing(at(now + 60));
        world.end(&mut again, at(now + 60)).expect("nothing is spent, and all is saved");
        assert_eq!(world.store.tokens(), Some(tokens(2)));
        assert!(world.session.unsaved().is_none());
        assert_eq!(token_of(&world.call().next(at(now + 61))), "Bearer access-2");
    }
}

/// The store has saved, and could not say so. Meanwhile another process goes on with what it finds there.
#[test]
fn tokens_that_were_saved_without_a_reply_take_no_later_ones_away() {
    for is_begun in [true, false] {
        let world = World::new();
        let (mut refresh, at_first) = if is_begun {
            (world.session.begin(&tokens(2), at(5)).unwrap(), 5)
        } else {
            let mut refresh = refresh_of(world.call().next(at(LIFETIME)));
            world.sent(&mut refresh, at(LIFETIME));
            refresh.received(reply(200, &tokens(2)), at(LIFETIME));
            (refresh, LIFETIME)
        };
        if is_begun {
            assert!(matches!(refresh.next(at(at_first)), RefreshStep::Load));
            refresh.loaded(world.store.load(), at(at_first));
        }
        let RefreshStep::Save(record) = refresh.next(at(at_first)) else { panic!("no save") };
        world.store.save(&record).unwrap();
        refresh.saved(Err("cut off".into()), at(at_first));
        let other = World::over(world.store.clone());
        let later = 3 * LIFETIME;
        other.renew(&mut refresh_of(other.call().next(at(later))), 3, at(later));
        drop(refresh);
        // The next call of the first finds that its tokens are unsaved, and old.
        let mut call = world.call();
        let mut refresh = refresh_of(call.next(at(later + 1)));
        world.end(&mut refresh, at(later + 1)).unwrap();
        assert_eq!(token_of(&call.next(at(later + 1))), "Bearer access-3");
        assert_eq!(world.store.tokens(), Some(tokens(3)));
        assert!(world.session.unsaved().is_none());
    }
}

/// The same, and the process spends them before it learns that they were saved.
#[test]
fn tokens_that_were_saved_without_a_reply_are_replaced_by_those_that_they_were_spent_for() {
    let world = World::new();
    let mut refresh = refresh_of(world.call().next(at(LIFETIME)));
    world.sent(&mut refresh, at(LIFETIME));
    refresh.received(reply(200, &tokens(2)), at(LIFETIME));
    let RefreshStep::Save(record) = refresh.next(at(LIFETIME)) else { panic!("no save") };
    world.store.save(&record).unwrap();
    refresh.saved(Err("cut off".into()), at(LIFETIME));
    world.store.set(Mood::Unreadable);
    world.give_up_saving(&mut refresh, LIFETIME);
    let mut refresh = refresh_of(world.call().next(at(2 * LIFETIME)));
    world.sent(&mut refresh, at(2 * LIFETIME));
    world.store.set(Mood::Well);
    refresh.received(reply(200, &tokens(3)), at(2 * LIFETIME));
    world.end(&mut refresh, at(2 * LIFETIME)).unwrap();
    assert_eq!(world.store.tokens(), Some(tokens(3)));
}

/// So that other processes learn of them, whether calls come or not.
#[test]
fn new_tokens_are_saved_as_soon_as_the_store_works_again() {
    for mood in [Mood::Full, Mood::Unreadable] {
        let world = World::new();
        let mut refresh = world.granted_but_unsaved(mood);
        let mut now = LIFETIME;
        for seconds in [1, 1, 1, 2, 4, 4, 4] {
            let step = world.ask(&mut refresh, at(now));
            assert!(
                matches!(step, RefreshStep::Wait(wait) if wait.as_secs() <= seconds),
                "{step:?}"
            );
            now += seconds;
        }
        world.store.set(Mood::Well);
        world.end(&mut refresh, at(now)).unwrap();
        assert_eq!(world.store.tokens(), Some(tokens(2)));
        assert!(world.session.unsaved().is_none());
    }
}

#[test]
fn new_tokens_that_cannot_be_saved_are_given_up_when_they_are_due() {
    let world = World::new();
    let mut refresh = world.granted_but_unsaved(Mood::Full);
    let ended = world.keep_trying(&mut refresh, LIFETIME);
    let due = 2 * LIFETIME - 300;
    assert!((due..due + 5).contains(&ended), "{ended}");
    assert!(world.session.unsaved().is_some());
}

/// However long the disk is full, tokens are got when they are needed, and the last are saved in the end.
#[test]
fn a_store_that_stays_full_is_no_outage() {
    for mood in [Mood::Full, Mood::Unreadable] {
        let world = World::new();
        let mut refresh = world.granted_but_unsaved(mood);
        world.give_up_saving(&mut refresh, LIFETIME);
        for number in 3..6 {
            let now = at(u64::from(number) * LIFETIME);
            let mut call = world.call();
            let mut refresh = refresh_of(call.next(now));
            let body = world.sent(&mut refresh, now);
            assert_eq!(body["refresh_token"], format!("refresh-{}", number - 1));
            refresh.received(reply(200, &tokens(number)), now);
            world.give_up_saving(&mut refresh, u64::from(number) * LIFETIME);
            assert_eq!(token_of(&call.next(now)), format!("Bearer access-{number}"));
            assert_eq!(world.session.tokens_in_memory_alone(), Some(tokens(number)));
            assert!(world.session.unsaved().is_some());
        }
        world.store.set(Mood::Well);
        let now = at(5 * LIFETIME + 200);
        let (_, mut again) = world.renewing(now);
        world.end(&mut again, now).unwrap();
        assert_eq!(world.store.tokens(), Some(tokens(5)));
        assert_eq!(world.session.tokens_in_memory_alone(), None);
    }
}

/// Tokens that have expired in the meantime are saved first, and then replaced.
#[test]
fn tokens_that_are_saved_too_late_are_replaced_at_once() {
    let world = World::new();
    let mut refresh = world.granted_but_unsaved(Mood::Full);
    world.give_up_saving(&mut refresh, LIFETIME);
    world.store.set(Mood::Well);
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(2 * LIFETIME)));
    world.renew(&mut refresh, 3, at(2 * LIFETIME));
    assert_eq!(token_of(&call.next(at(2 * LIFETIME))), "Bearer access-3");
    assert_eq!(world.store.tokens(), Some(tokens(3)));
}

#[test]
fn a_refresh_token_that_was_never_saved_can_end_the_session_too() {
    let world = World::new();
    let mut refresh = world.granted_but_unsaved(Mood::Full);
    world.give_up_saving(&mut refresh, LIFETIME);
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(2 * LIFETIME)));
    world.sent(&mut refresh, at(2 * LIFETIME));
    refresh.received(invalid_grant(), at(2 * LIFETIME));
    // The refresh token in the store was spent for these tokens: it is no way out.
    let ended = world.end(&mut refresh, at(2 * LIFETIME));
    assert!(matches!(ended, Err(SessionError::Ended(_))), "{ended:?}");
    let error = error_of(call.next(at(2 * LIFETIME)));
    assert!(matches!(error, Error::Session { failure: SessionError::Ended(_), .. }), "{error}");
}

#[test]
fn a_new_token_that_is_rejected_says_so_also_where_it_is_not_saved() {
    let world = World::new();
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    world.sent(&mut refresh, at(LIFETIME));
    world.store.set(Mood::Full);
    refresh.received(reply(200, &tokens(2)), at(LIFETIME));
    world.give_up_saving(&mut refresh, LIFETIME);
    assert_eq!(token_of(&call.next(at(LIFETIME))), "Bearer access-2");
    call.received(unauthorized(), at(LIFETIME));
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    let rejected = world.end(&mut refresh, at(LIFETIME));
    assert!(matches!(rejected, Err(SessionError::Rejected)), "{rejected:?}");
    assert!(is(&error_of(call.next(at(LIFETIME))), &SessionError::Rejected));
}

#[test]
fn a_store_that_cannot_be_written_keeps_the_token_from_being_spent() {
    let world = World::new();
    world.store.set(Mood::Full);
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    world.end(&mut refresh, at(LIFETIME)).unwrap_err();
    let error = error_of(call.next(at(LIFETIME)));
    assert!(matches!(error, Error::Session { failure: SessionError::Save(_), .. }), "{error}");
    assert!(world.session.unsaved().is_none(), "there is nothing new to save");
}

#[test]
fn without_tokens_the_error_says_so() {
    let world = World::over(Arc::default());
    let mut call = world.call();
    world.end(&mut refresh_of(call.next(at(0))), at(0)).unwrap_err();
    assert_eq!(
        error_of(call.next(at(0))).to_string(),
        "GET /v4/webhooks: the session has no tokens: the app has to be authorized first"
    );
}

#[test]
fn a_token_that_lasts_is_used_where_the_store_fails() {
    for mood in [Mood::Full, Mood::Unreadable] {
        let world = World::new();
        world.store.set(mood);
        let due = at(LIFETIME - 300);
        let (mut call, mut refresh) = world.renewing(due);
        world.end(&mut refresh, due).unwrap_err();
        assert_eq!(token_of(&call.next(due)), "Bearer access-1");
        assert_eq!(token_of(&world.call().next(due)), "Bearer access-1");
    }
}

#[test]
fn a_store_that_cannot_be_read_says_so() {
    let world = World::new();
    world.store.set(Mood::Unreadable);
    let mut call = world.call();
    world.end(&mut refresh_of(call.next(at(LIFETIME))), at(LIFETIME)).unwrap_err();
    assert_eq!(
        error_of(call.next(at(LIFETIME))).to_string(),
        "GET /v4/webhooks: the session cannot be read from its store: the disk is gone"
    );
}

#[test]
fn a_session_that_begins_is_used_although_it_cannot_be_saved() {
    let world = World::new();
    world.store.set(Mood::Full);
    let error = world.begin(&tokens(2), at(5)).unwrap_err().to_string();
    assert_eq!(error, "the session cannot be written to its store: the disk is full");
    assert_eq!(token_of(&world.call().next(at(5))), "Bearer access-2");
    assert!(world.session.unsaved().is_some());
    world.store.set(Mood::Well);
    let (_, mut again) = world.renewing(at(35));
    world.end(&mut again, at(35)).unwrap();
    assert_eq!(world.store.tokens(), Some(tokens(2)));
}

/// Whoever drops what is to save the beginning has not lost the session.
#[test]
fn a_beginning_that_is_dropped_is_saved_by_the_next_call() {
    let world = World::over(Arc::default());
    drop(world.session.begin(&tokens(1), at(0)).unwrap());
    let (mut call, mut refresh) = world.renewing(at(1));
    world.end(&mut refresh, at(1)).unwrap();
    assert_eq!(token_of(&call.next(at(1))), "Bearer access-1");
    assert_eq!(world.store.tokens(), Some(tokens(1)));
}

#[test]
fn a_session_that_was_deleted_does_not_come_back() {
    let world = World::new();
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    world.sent(&mut refresh, at(LIFETIME));
    world.store.empty();
    refresh.received(reply(200, &tokens(2)), at(LIFETIME));
    let result = world.end(&mut refresh, at(LIFETIME));
    assert!(matches!(result, Err(SessionError::NoTokens)));
    assert_eq!(world.store.tokens(), None);
    // A call that has the new token already goes on with it as long as it lasts.
    assert_eq!(token_of(&call.next(at(LIFETIME))), "Bearer access-2");
    let mut call = world.call();
    world.end(&mut refresh_of(call.next(at(LIFETIME * 2))), at(LIFETIME * 2)).unwrap_err();
    let error = error_of(call.next(at(LIFETIME * 2)));
    assert!(matches!(error, Error::Session { failure: SessionError::NoTokens, .. }), "{error}");
}

/// The claim on what was deleted is none on what came in its place.
#[test]
fn a_session_that_was_deleted_and_begun_anew_is_another() {
    let ours = World::new();
    let mut refresh = refresh_of(ours.call().next(at(LIFETIME)));
    ours.sent(&mut refresh, at(LIFETIME));
    drop(refresh);
    ours.store.empty();
    let theirs = World::over(ours.store.clone());
    theirs.begin(&tokens(5), at(LIFETIME + 1)).unwrap();
    let later = at(LIFETIME * 2 + 1);
    theirs.sent(&mut refresh_of(theirs.call().next(later)), later);
    // They are at it: we wait.
    let mut refresh = refresh_of(ours.call().next(later));
    assert!(matches!(ours.ask(&mut refresh, later), RefreshStep::Wait(_)));
}

#[test]
fn an_older_refresh_does_not_replace_a_newer_beginning() {
    let world = World::new();
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    world.sent(&mut refresh, at(LIFETIME));
    world.begin(&tokens(7), at(LIFETIME)).unwrap();
    refresh.received(reply(200, &tokens(2)), at(LIFETIME));
    world.end(&mut refresh, at(LIFETIME)).unwrap();
    assert_eq!(token_of(&call.next(at(LIFETIME))), "Bearer access-7");
    assert_eq!(world.store.tokens(), Some(tokens(7)));
}

#[test]
fn a_beginning_while_the_store_is_read_counts() {
    // A process that has just started.
    let world = World::over(World::new().store);
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME - 1)));
    assert!(matches!(refresh.next(at(LIFETIME - 1)), RefreshStep::Load));
    let loaded = world.store.load();
    world.begin(&tokens(7), at(LIFETIME)).unwrap();
    refresh.loaded(loaded, at(LIFETIME));
    world.ask(&mut refresh, at(LIFETIME));
    assert_eq!(token_of(&call.next(at(LIFETIME))), "Bearer access-7");
}

/// Two machines whose clocks differ, and a store that was emptied: no number says which is newer.
#[test]
fn a_session_begun_anew_is_taken_up_whatever_the_clock_says() {
    let world = World::new();
    world.begin(&tokens(2), at(5000)).unwrap();
    world.store.empty();
    world.begin(&tokens(3), at(1000)).unwrap();
    assert_eq!(token_of(&world.call().next(at(1001))), "Bearer access-3");
    assert_eq!(world.store.tokens(), Some(tokens(3)));
    // By another process, too.
    world.store.empty();
    World::over(world.store.clone()).begin(&tokens(4), at(500)).unwrap();
    let mut call = world.call();
    call.next(at(1002));
    call.received(unauthorized(), at(1002));
    world.end(&mut refresh_of(call.next(at(1002))), at(1002)).unwrap();
    assert_eq!(token_of(&call.next(at(1002))), "Bearer access-4");
}

#[test]
fn concurrent_begins_both_succeed_and_one_saves_last() {
    let [one, other] = [World::new(), World::new()];
    let other = World::over({
        drop(other);
        one.store.clone()
    });
    let mut first = one.session.begin(&tokens(7), at(9)).unwrap();
    let mut second = other.session.begin(&tokens(8), at(9)).unwrap();
    // Both have read before either saves.
    for refresh in [&mut first, &mut second] {
        assert!(matches!(refresh.next(at(9)), RefreshStep::Load));
        refresh.loaded(one.store.load(), at(9));
    }
    one.end(&mut first, at(9)).unwrap();
    other.end(&mut second, at(9)).unwrap();
    assert_eq!(one.store.tokens(), Some(tokens(8)));
}

/// Nobody needs what an older refresh cannot save.
#[test]
fn a_failed_save_of_an_older_refresh_does_not_fail_a_newer_beginning() {
    let world = World::new();
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    world.sent(&mut refresh, at(LIFETIME));
    world.begin(&tokens(7), at(LIFETIME)).unwrap();
    world.store.set(Mood::Full);
    refresh.received(reply(200, &tokens(2)), at(LIFETIME));
    world.end(&mut refresh, at(LIFETIME)).ok();
    for mut call in [call, world.call()] {
        assert_eq!(token_of(&call.next(at(LIFETIME))), "Bearer access-7");
    }
}

/// A loop that asks again without telling what came of a step gets an error, and loses no tokens.
#[test]
fn a_loop_that_is_wrong_gets_an_error_and_no_panic() {
    let world = World::new();
    let mut refresh = refresh_of(world.call().next(at(LIFETIME)));
    assert!(matches!(refresh.next(at(LIFETIME)), RefreshStep::Load));
    let RefreshStep::Done(Err(error)) = refresh.next(at(LIFETIME)) else { panic!("not done") };
    assert!(error.to_string().ends_with("nothing was told of its outcome"), "{error}");
    assert!(matches!(refresh.next(at(LIFETIME)), RefreshStep::Done(Ok(()))), "it is over");

    let mut refresh = refresh_of(world.call().next(at(LIFETIME)));
    // Told before anything was asked: nobody listens.
    refresh.saved(Ok(()), at(LIFETIME));
    refresh.loaded(Ok(None), at(LIFETIME));
    refresh.received(reply(200, &tokens(9)), at(LIFETIME));
    world.sent(&mut refresh, at(LIFETIME));
    refresh.received(reply(200, &tokens(2)), at(LIFETIME));
    assert!(matches!(refresh.next(at(LIFETIME)), RefreshStep::Save(_)));
    let RefreshStep::Done(Err(error)) = refresh.next(at(LIFETIME)) else { panic!("not done") };
    assert!(matches!(error, SessionError::Save(_)), "{error}");
    assert_eq!(world.session.tokens(), Some(tokens(2)));
}

fn is_marked(world: &World) -> bool {
    world.store.load().unwrap().unwrap().needs_authorization()
}

/// So that a program finds the accounts whose users it has to ask.
#[test]
fn the_store_says_which_session_has_ended() {
    let world = World::new();
    let mut refresh = refresh_of(world.call().next(at(LIFETIME)));
    world.sent(&mut refresh, at(LIFETIME));
    assert!(!is_marked(&world));
    refresh.received(invalid_grant(), at(LIFETIME));
    assert!(matches!(world.end(&mut refresh, at(LIFETIME)), Err(SessionError::Ended(_))));
    assert!(is_marked(&world));
    assert_eq!(world.store.tokens(), Some(tokens(1)), "nothing is lost");
    // Another process asks Kit once more, since Kit may have been wrong. A failure that passes changes nothing.
    let other = World::over(world.store.clone());
    let mut refresh = refresh_of(other.call().next(at(LIFETIME)));
    other.sent(&mut refresh, at(LIFETIME));
    assert!(is_marked(&world), "its claim does not say otherwise");
    refresh.received(reply(401, &serde_json::json!({"error": "invalid_client"})), at(LIFETIME));
    other.end(&mut refresh, at(LIFETIME)).unwrap_err();
    assert!(is_marked(&world));
    let other = World::over(world.store.clone());
    let mut refresh = refresh_of(other.call().next(at(LIFETIME)));
    other.renew(&mut refresh, 2, at(LIFETIME));
    assert!(!is_marked(&world));
    let marked = world.store.load().unwrap().unwrap().release(at(LIFETIME).date, true);
    world.store.save(&marked).unwrap();
    world.begin(&tokens(3), at(LIFETIME)).unwrap();
    assert!(!is_marked(&world));
}

#[test]
fn the_store_says_which_session_cannot_be_refreshed() {
    let world = World::over(Arc::default());
    world.begin(&Tokens::new("access-1"), at(0)).unwrap();
    let mut version = 0;
    for round in 0..2 {
        let mut call = world.call();
        assert!(matches!(call.next(at(round)), Step::Send(_)));
        call.received(unauthorized(), at(round));
        let mut refresh = refresh_of(call.next(at(round)));
        let result = world.end(&mut refresh, at(round));
        assert!(matches!(result, Err(SessionError::NoRefreshToken)), "{result:?}");
        assert!(is_marked(&world));
        // It is written once.
        let now = world.store.load().unwrap().unwrap().version();
        assert!(round == 0 || now == version);
        version = now;
    }
    // A failure that passes marks nothing.
    let world = World::new();
    let mut refresh = refresh_of(world.call().next(at(LIFETIME)));
    world.sent(&mut refresh, at(LIFETIME));
    refresh.received(reply(400, &serde_json::json!({"error": "invalid_client"})), at(LIFETIME));
    assert!(matches!(world.end(&mut refresh, at(LIFETIME)), Err(SessionError::NotRefreshed(_))));
    assert!(!is_marked(&world));
}
