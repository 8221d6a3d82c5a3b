//! Many callers on one pacer, against a model of Kit that counts as Kit does.

use std::collections::BinaryHeap;
use std::time::{Duration, SystemTime};

use kit_core::webhooks::ListWebhooks;
use kit_core::{Call, Clock, Credentials, Kit, Pacer, RetryPolicy, Step, TransportError};
use proptest::prelude::*;

const WINDOW: Duration = Duration::from_secs(60);

/// One call: when it is begun, how long its exchange takes, after which part of that (of 256) Kit counts
/// it, and how late the caller wakes from a wait.
#[derive(Clone, Copy, Debug)]
struct Plan {
    begins: Duration,
    takes: Duration,
    arrives: u8,
    oversleeps: Duration,
    ends: End,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Response,
    Failure,
    /// The caller drops the call while its request is under way.
    Dropped,
    /// The caller drops the call while it waits.
    GivenUp,
}

fn plan() -> impl Strategy<Value = Plan> {
    let milliseconds = |most: u64| (0..=most).prop_map(Duration::from_millis);
    let ends = prop_oneof![
        6 => Just(End::Response),
        1 => Just(End::Failure),
        1 => Just(End::Dropped),
        1 => Just(End::GivenUp),
    ];
    (milliseconds(100_000), milliseconds(30_000), any::<u8>(), milliseconds(5_000), ends).prop_map(
        |(begins, takes, arrives, oversleeps, ends)| Plan {
            begins,
            takes,
            arrives,
            oversleeps,
            ends,
        },
    )
}

/// The next action of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Does {
    Asks,
    Ends,
}

#[derive(Debug, Default)]
struct Seen {
    /// When Kit counted each request.
    arrivals: Vec<Duration>,
    /// When each caller asked first, and when it could send.
    served: Vec<(Duration, Duration)>,
}

/// Plays all callers through, in the order of the clock.
fn play(budget: u32, plans: &[Plan]) -> Seen {
    let kit = Kit::new(Credentials::api_key("kit_0123"));
    let list = ListWebhooks::new();
    let pacer = Pacer::new(budget);
    let clock = Clock::new();
    let call = || {
        Call::new(&kit, &list, 0)
            .with_retry(RetryPolicy::none())
            .with_timeout(Duration::MAX)
            .with_pacer(&pacer)
    };
    let mut calls: Vec<_> = plans.iter().map(|_| Some(call())).collect();
    let mut seen = Seen::default();
    let mut events: BinaryHeap<_> = (plans.iter().enumerate())
        .map(|(caller, plan)| std::cmp::Reverse((plan.begins, caller, Does::Asks)))
        .collect();
    while let Some(std::cmp::Reverse((now, caller, does))) = events.pop() {
        let plan = plans[caller];
        let time = clock.time(now, SystemTime::UNIX_EPOCH);
        let Some(call) = &mut calls[caller] else { continue };
        match does {
            Does::Asks => match call.next(time) {
                Step::Send(_) => {
                    seen.served.push((plan.begins, now));
                    seen.arrivals.push(now + plan.takes * u32::from(plan.arrives) / 256);
                    events.push(std::cmp::Reverse((now + plan.takes, caller, Does::Ends)));
                }
                Step::Wait(wait) => {
                    assert!(!wait.is_zero());
                    if matches!(plan.ends, End::GivenUp) {
                        calls[caller] = None;
                    } else {
                        let wakes = now + wait + plan.oversleeps;
                        events.push(std::cmp::Reverse((wakes, caller, Does::Asks)));
                    }
                }
                step => panic!("{step:?}"),
            },
            Does::Ends => {
                match plan.ends {
                    End::Failure => call.failed(TransportError::CutOff("no".into()), time),
                    End::Dropped => {}
                    End::Response | End::GivenUp => {
                        call.received(http::Response::new("{}"), time);
                    }
                }
                calls[caller] = None;
            }
        }
    }
    assert!(calls.iter().all(Option::is_none), "a caller starves");
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn no_window_ever_holds_more_than_the_budget(
        budget in 1..40_u32,
        plans in prop::collection::vec(plan(), 0..200),
    ) {
        let mut seen = play(budget, &plans);
        seen.arrivals.sort();
        for (index, arrival) in seen.arrivals.iter().enumerate() {
            let held = seen.arrivals[index..].iter().take_while(|a| **a < *arrival + WINDOW).count();
            prop_assert!(held <= budget as usize, "{held} in the window from {arrival:?}");
        }
    }

    #[test]
    fn no_caller_starves(
        budget in 1..40_u32,
        plans in prop::collection::vec(plan(), 1..200),
    ) {
        let seen = play(budget, &plans);
        // Nobody is overtaken but by those who find room beside it while it sleeps: with all who asked
        // before it served in full windows, it is served at last one window later.
        let longest = Duration::from_secs(60 + 30 + 5);
        for (index, (asked, sent)) in seen.served.iter().enumerate() {
            let before = seen.served.iter().filter(|(other, _)| other <= asked).count();
            let windows = u32::try_from(before / budget as usize + 1).unwrap();
            prop_assert!(*sent <= *asked + longest * windows, "{index}: {asked:?} {sent:?}");
        }
        let sending = plans.iter().filter(|plan| !matches!(plan.ends, End::GivenUp)).count();
        prop_assert!(seen.served.len() >= sending);
    }

    /// A budget that is enough is not felt.
    #[test]
    fn a_caller_below_the_budget_does_not_wait(plans in prop::collection::vec(plan(), 0..40)) {
        let seen = play(40, &plans);
        prop_assert!(seen.served.iter().all(|(asked, sent)| asked == sent));
        prop_assert_eq!(seen.served.len(), plans.len());
    }
}
