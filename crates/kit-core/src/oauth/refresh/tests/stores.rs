//! What a session does with its store.

use super::*;

/// That the old token lasts is no reason to keep quiet: the new ones are in memory alone.
#[test]
fn new_tokens_that_are_not_saved_are_told_while_the_old_token_lasts() {
    let world = World::new();
    let due = LIFETIME - 300;
    let (mut call, mut refresh) = renewing(&world, at(due));
    sent(&mut refresh, at(due));
    refresh.received(reply(200, &tokens(2)), at(due));
    // As long as it is not known whether they can be saved, nothing is wrong.
    assert_eq!(token_of(&world.call().next(at(due))), "Bearer access-1");
    world.store.set(Mood::Full);
    assert!(matches!(refresh.next(at(due)), RefreshStep::Done));
    assert!(matches!(call.next(at(due)), Step::Done(Ok(_))), "it has its reply");
    let mut call = world.call();
    assert!(matches!(refresh_of(call.next(at(due))).next(at(due)), RefreshStep::Done));
    let error = error_of(call.next(at(due)));
    assert!(matches!(error, Error::Session { source: SessionError::Save(_), .. }), "{error}");
    // Whoever comes next saves them.
    world.store.set(Mood::Well);
    let mut call = world.call();
    assert!(matches!(refresh_of(call.next(at(due))).next(at(due)), RefreshStep::Done));
    assert_eq!(token_of(&call.next(at(due))), "Bearer access-2");
}

#[test]
fn new_tokens_are_not_used_before_they_are_saved() {
    let world = World::new();
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    sent(&mut refresh, at(LIFETIME));
    world.store.set(Mood::Full);
    refresh.received(reply(200, &tokens(2)), at(LIFETIME));
    assert!(matches!(refresh.next(at(LIFETIME)), RefreshStep::Done));
    for _ in 0..2 {
        assert_eq!(
            error_of(call.next(at(LIFETIME))).to_string(),
            "GET /v4/webhooks: the session cannot be written to its store: the disk is full"
        );
        call = world.call();
        let mut refresh = refresh_of(call.next(at(LIFETIME)));
        assert!(matches!(refresh.next(at(LIFETIME)), RefreshStep::Done), "spends nothing");
    }
    // They are not lost.
    world.store.set(Mood::Well);
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    assert!(matches!(refresh.next(at(LIFETIME)), RefreshStep::Done));
    assert_eq!(token_of(&call.next(at(LIFETIME))), "Bearer access-2");
    assert_eq!(world.session.tokens().unwrap(), Some(tokens(2)));
}

#[test]
fn a_store_that_cannot_be_written_keeps_the_token_from_being_spent() {
    let world = World::new();
    world.store.set(Mood::Full);
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    assert!(matches!(refresh.next(at(LIFETIME)), RefreshStep::Done));
    let error = error_of(call.next(at(LIFETIME)));
    assert!(matches!(error, Error::Session { source: SessionError::Save(_), .. }), "{error}");
}

#[test]
fn without_tokens_the_error_says_so() {
    let world = World::over(Arc::default());
    let mut call = world.call();
    assert!(matches!(refresh_of(call.next(at(0))).next(at(0)), RefreshStep::Done));
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
        let (mut call, mut refresh) = renewing(&world, due);
        assert!(matches!(refresh.next(due), RefreshStep::Done));
        assert!(matches!(call.next(due), Step::Done(Ok(_))));
        assert_eq!(token_of(&world.call().next(due)), "Bearer access-1");
    }
}

#[test]
fn a_store_that_cannot_be_read_says_so() {
    let world = World::new();
    world.store.set(Mood::Unreadable);
    let mut call = world.call();
    assert!(matches!(refresh_of(call.next(at(LIFETIME))).next(at(LIFETIME)), RefreshStep::Done));
    assert_eq!(
        error_of(call.next(at(LIFETIME))).to_string(),
        "GET /v4/webhooks: the session cannot be read from its store: the disk is gone"
    );
    let error = world.session.begin(&tokens(2), at(LIFETIME).date).unwrap_err().to_string();
    assert_eq!(error, "the session cannot be read from its store: the disk is gone");
}

#[test]
fn a_store_that_panics_fails_those_who_wait_and_no_more() {
    let world = World::new();
    let (mut first, mut second) = (world.call(), world.call());
    let mut refresh = refresh_of(first.next(at(LIFETIME)));
    second.next(at(LIFETIME));
    world.store.set(Mood::Panics);
    let panicked = std::panic::AssertUnwindSafe(move || drop(refresh.next(at(LIFETIME))));
    assert!(std::panic::catch_unwind(panicked).is_err());
    for call in [&mut first, &mut second] {
        let error = error_of(call.next(at(LIFETIME + 1))).to_string();
        assert!(
            error.ends_with("the session cannot be written to its store: the store panicked"),
            "{error}"
        );
    }
    world.store.set(Mood::Well);
    renew(&mut refresh_of(world.call().next(at(LIFETIME + 2))), 2, at(LIFETIME + 2));
}

#[test]
fn a_session_that_was_deleted_does_not_come_back() {
    let world = World::new();
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    sent(&mut refresh, at(LIFETIME));
    world.store.empty();
    refresh.received(reply(200, &tokens(2)), at(LIFETIME));
    assert!(matches!(refresh.next(at(LIFETIME)), RefreshStep::Done));
    let error = error_of(call.next(at(LIFETIME)));
    assert!(matches!(error, Error::Session { source: SessionError::NoTokens, .. }), "{error}");
    assert_eq!(world.session.tokens().unwrap(), None);
}

/// The claim on what was deleted is none on what came in its place.
#[test]
fn a_session_that_was_deleted_and_begun_anew_is_another() {
    let ours = World::new();
    let mut refresh = refresh_of(ours.call().next(at(LIFETIME)));
    sent(&mut refresh, at(LIFETIME));
    drop(refresh);
    ours.store.empty();
    let theirs = World::over(ours.store.clone());
    theirs.session.begin(&tokens(5), at(LIFETIME + 1).date).unwrap();
    let later = at(LIFETIME * 2 + 1);
    sent(&mut refresh_of(theirs.call().next(later)), later);
    // They are at it: we wait.
    let mut refresh = refresh_of(ours.call().next(later));
    assert!(matches!(refresh.next(later), RefreshStep::Wait(wait) if !wait.is_zero()));
}

#[test]
fn what_an_older_refresh_finds_does_not_replace_what_has_begun_since() {
    let world = World::new();
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    sent(&mut refresh, at(LIFETIME));
    world.session.begin(&tokens(7), at(LIFETIME).date).unwrap();
    refresh.received(reply(200, &tokens(2)), at(LIFETIME));
    assert!(matches!(refresh.next(at(LIFETIME)), RefreshStep::Done));
    assert_eq!(token_of(&call.next(at(LIFETIME))), "Bearer access-7");
    assert_eq!(world.session.tokens().unwrap(), Some(tokens(7)));
}

#[test]
fn what_is_begun_while_the_store_is_read_counts() {
    let world = World::new();
    // A process that has just started.
    let world = World::over(world.store);
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME - 1)));
    let session = world.session.clone();
    let begin = move || session.begin(&tokens(7), at(LIFETIME).date).unwrap();
    *world.store.behind_load.lock().unwrap() = Some(Box::new(begin));
    assert!(matches!(refresh.next(at(LIFETIME - 1)), RefreshStep::Done));
    assert_eq!(token_of(&call.next(at(LIFETIME))), "Bearer access-7");
}

/// Nobody needs what an older refresh cannot save.
#[test]
fn what_an_older_refresh_cannot_save_is_no_failure_of_what_has_begun_since() {
    let world = World::new();
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    sent(&mut refresh, at(LIFETIME));
    world.session.begin(&tokens(7), at(LIFETIME).date).unwrap();
    world.store.set(Mood::Full);
    refresh.received(reply(200, &tokens(2)), at(LIFETIME));
    assert!(matches!(refresh.next(at(LIFETIME)), RefreshStep::Done));
    for mut call in [call, world.call()] {
        assert_eq!(token_of(&call.next(at(LIFETIME))), "Bearer access-7");
    }
}
