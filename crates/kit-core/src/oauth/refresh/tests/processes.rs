//! Several processes with one store.

use super::*;

#[test]
fn one_of_two_processes_refreshes() {
    let ours = World::new();
    let theirs = World::over(ours.store.clone());
    let now = at(LIFETIME);
    let (mut our_call, mut their_call) = (ours.call(), theirs.call());
    let mut our_refresh = refresh_of(our_call.next(now));
    let mut their_refresh = refresh_of(their_call.next(now));
    ours.sent(&mut our_refresh, now);
    let wait = Duration::from_millis(250);
    assert!(matches!(theirs.ask(&mut their_refresh, now), RefreshStep::Wait(w) if w == wait));
    our_refresh.received(reply(200, &tokens(2)), now);
    ours.end(&mut our_refresh, now).unwrap();
    theirs.end(&mut their_refresh, at(LIFETIME + 1)).unwrap();
    assert_eq!(token_of(&our_call.next(now)), "Bearer access-2");
    assert_eq!(token_of(&their_call.next(at(LIFETIME + 1))), "Bearer access-2");
}

/// Both have looked before either claims.
#[test]
fn one_of_two_concurrent_claims_looks_again() {
    let ours = World::new();
    let theirs = World::over(ours.store.clone());
    let now = at(LIFETIME);
    let mut refreshes = [ours.call().next(now), theirs.call().next(now)].map(refresh_of);
    let claims = refreshes.each_mut().map(|refresh| {
        assert!(matches!(refresh.next(now), RefreshStep::Load));
        refresh.loaded(ours.store.load(), now);
        match refresh.next(now) {
            RefreshStep::Save(record) => record,
            step => panic!("{step:?}"),
        }
    });
    let [first, second] = &mut refreshes;
    first.saved(ours.store.save(&claims[0]), now);
    second.saved(ours.store.save(&claims[1]), now);
    assert!(matches!(first.next(now), RefreshStep::Send(_)));
    assert!(matches!(second.next(now), RefreshStep::Wait(_)));
    assert!(matches!(theirs.ask(second, at(LIFETIME + 1)), RefreshStep::Wait(_)), "it is claimed");
}

#[test]
fn a_process_with_a_lasting_token_does_not_wait_for_another() {
    let ours = World::new();
    let theirs = World::over(ours.store.clone());
    let due = at(LIFETIME - 300);
    let (_, mut our_refresh) = ours.renewing(due);
    ours.sent(&mut our_refresh, due);
    // The process has just started: a token that lasts will do.
    let mut call = theirs.call();
    theirs.end(&mut refresh_of(call.next(due)), due).unwrap();
    // That it is due is for us to mend.
    let mut renewal = refresh_of(call.next(due));
    theirs.end(&mut renewal, due).unwrap();
    assert_eq!(token_of(&call.next(due)), "Bearer access-1");
    assert_eq!(token_of(&theirs.call().next(due)), "Bearer access-1");
}

#[test]
fn a_process_that_died_keeps_nobody_from_refreshing_for_long() {
    let dead = World::new();
    let mut lost = refresh_of(dead.call().next(at(LIFETIME)));
    dead.sent(&mut lost, at(LIFETIME));
    let heir = World::over(dead.store.clone());
    let mut call = heir.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    let mut now = LIFETIME;
    while matches!(heir.ask(&mut refresh, at(now)), RefreshStep::Wait(_)) {
        now += 1;
    }
    assert_eq!(now, LIFETIME + 60);
    refresh.received(reply(200, &tokens(2)), at(now));
    heir.end(&mut refresh, at(now)).unwrap();
    // The other comes back: that its token is spent is no end.
    lost.received(invalid_grant(), at(now));
    dead.end(&mut lost, at(now)).unwrap();
    assert_eq!(token_of(&dead.call().next(at(now))), "Bearer access-2");
}

#[test]
fn new_tokens_are_saved_over_a_later_claim() {
    let slow = World::new();
    let mut slow_call = slow.call();
    let mut slow_refresh = refresh_of(slow_call.next(at(LIFETIME)));
    slow.sent(&mut slow_refresh, at(LIFETIME));
    let other = World::over(slow.store.clone());
    let mut other_call = other.call();
    let mut other_refresh = refresh_of(other_call.next(at(LIFETIME)));
    assert!(matches!(other.ask(&mut other_refresh, at(LIFETIME)), RefreshStep::Wait(_)));
    other.sent(&mut other_refresh, at(LIFETIME + 60));
    let now = at(LIFETIME + 61);
    slow_refresh.received(reply(200, &tokens(2)), now);
    slow.end(&mut slow_refresh, now).unwrap();
    other_refresh.received(invalid_grant(), at(LIFETIME + 63));
    other.end(&mut other_refresh, at(LIFETIME + 63)).unwrap();
    for call in [&mut slow_call, &mut other_call] {
        assert_eq!(token_of(&call.next(at(LIFETIME + 64))), "Bearer access-2");
    }
}

/// The process may have slept, or the store may have taken its time: the claim may have ended meanwhile.
#[test]
fn a_process_that_oversleeps_its_claim_claims_again() {
    let slow = World::new();
    let other = World::over(slow.store.clone());
    let mut slow_refresh = refresh_of(slow.call().next(at(LIFETIME)));
    assert!(matches!(slow_refresh.next(at(LIFETIME)), RefreshStep::Load));
    slow_refresh.loaded(slow.store.load(), at(LIFETIME));
    let RefreshStep::Save(claim) = slow_refresh.next(at(LIFETIME)) else { panic!("no claim") };
    let saved = slow.store.save(&claim);
    let mut other_refresh = refresh_of(other.call().next(at(LIFETIME)));
    assert!(matches!(other.ask(&mut other_refresh, at(LIFETIME)), RefreshStep::Wait(_)));
    let late = LIFETIME + 60;
    slow_refresh.saved(saved, at(late));
    other.sent(&mut other_refresh, at(late));
    assert!(matches!(slow.ask(&mut slow_refresh, at(late)), RefreshStep::Wait(_)));
    other_refresh.received(reply(200, &tokens(2)), at(late));
    other.end(&mut other_refresh, at(late)).unwrap();
    slow.end(&mut slow_refresh, at(late + 1)).unwrap();
    assert_eq!(token_of(&slow.call().next(at(late + 1))), "Bearer access-2");
}

#[test]
fn no_attempt_begins_late_in_a_claim() {
    let world = World::new();
    let mut refresh = refresh_of(world.call().next(at(LIFETIME)));
    world.sent(&mut refresh, at(LIFETIME));
    refresh.received(reply(503, &""), at(LIFETIME + 24));
    let RefreshStep::Wait(_) = refresh.next(at(LIFETIME + 24)) else { panic!("no wait") };
    // The process wakes too late, and claims again.
    assert!(matches!(refresh.next(at(LIFETIME + 26)), RefreshStep::Load));
    refresh.loaded(world.store.load(), at(LIFETIME + 26));
    world.sent(&mut refresh, at(LIFETIME + 26));
    assert_eq!(refresh.time_left(at(LIFETIME + 26)), Duration::from_secs(55));
}

/// Kit's refusal may come before the other process has saved what it got.
#[test]
fn a_refused_process_waits_for_tokens_that_another_may_be_saving() {
    let slow = World::new();
    let mut slow_refresh = refresh_of(slow.call().next(at(LIFETIME)));
    slow.sent(&mut slow_refresh, at(LIFETIME));
    let other = World::over(slow.store.clone());
    let late = LIFETIME + 60;
    let mut other_refresh = refresh_of(other.call().next(at(LIFETIME)));
    assert!(matches!(other.ask(&mut other_refresh, at(LIFETIME)), RefreshStep::Wait(_)));
    other.sent(&mut other_refresh, at(late));
    slow_refresh.received(invalid_grant(), at(late));
    assert!(matches!(slow.ask(&mut slow_refresh, at(late)), RefreshStep::Wait(_)));
    other_refresh.received(reply(200, &tokens(2)), at(late));
    other.end(&mut other_refresh, at(late)).unwrap();
    slow.end(&mut slow_refresh, at(late + 1)).unwrap();
    assert_eq!(token_of(&slow.call().next(at(late + 1))), "Bearer access-2");
}

/// One attempt may take as long as a claim leaves it: the next is made under another.
#[test]
fn a_refresh_that_timed_out_is_tried_again_under_another_claim() {
    let world = World::new();
    let mut call = world.call();
    let mut refresh = refresh_of(call.next(at(LIFETIME)));
    world.sent(&mut refresh, at(LIFETIME));
    let claimed = world.store.load().unwrap().unwrap().version();
    refresh.failed(TransportError::TimedOut("slow".into()), at(LIFETIME + 30));
    assert!(matches!(refresh.next(at(LIFETIME + 30)), RefreshStep::Wait(_)));
    world.sent(&mut refresh, at(LIFETIME + 32));
    assert!(world.store.load().unwrap().unwrap().version() > claimed);
    refresh.received(reply(200, &tokens(2)), at(LIFETIME + 32));
    world.end(&mut refresh, at(LIFETIME + 32)).unwrap();
    assert_eq!(token_of(&call.next(at(LIFETIME + 32))), "Bearer access-2");
}

/// Whichever date the other process has: its refresh token is spent once.
#[test]
fn a_claim_lasts_where_the_dates_of_processes_differ() {
    for date in [LIFETIME * 2 - 600, LIFETIME * 2 - 60, LIFETIME * 2 + 60, LIFETIME * 2 + 599] {
        let now = |seconds| at_date(LIFETIME * 2 + seconds, date + seconds);
        let world = World::new();
        let mut refresh = refresh_of(world.call().next(at(LIFETIME * 2)));
        world.sent(&mut refresh, at(LIFETIME * 2));
        let other = World::over(world.store.clone());
        let mut waiting = refresh_of(other.call().next(now(0)));
        for seconds in [0, 30, 59] {
            let step = other.ask(&mut waiting, now(seconds));
            assert!(matches!(step, RefreshStep::Wait(_)), "{date} {seconds}: {step:?}");
        }
        // The first has died.
        other.sent(&mut waiting, now(60));
    }
}
