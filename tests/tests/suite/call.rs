//! A call against a model of the world: whatever happens, it ends within its bounds, and never sends a
//! create twice that may have been applied.

use std::time::{Duration, SystemTime};

use kit_core::webhooks::{CreateWebhook, DeleteWebhook, Event, ListWebhooks};
use kit_core::{
    Call, Clock, Credentials, Effect, Endpoint, Error, Kit, RetryPolicy, Step, TransportError,
};
use proptest::prelude::*;

/// The outcome of one attempt.
#[derive(Clone, Debug)]
enum Outcome {
    Response { status: u16, retry_after: Option<String>, body: String },
    NotSent,
    CutOff,
    TimedOut,
    TooLarge,
}

impl Outcome {
    /// Whether Kit surely did nothing.
    fn is_harmless(&self) -> bool {
        match self {
            Self::Response { status, .. } => matches!(status, 301 | 307 | 308 | 400..500),
            Self::NotSent => true,
            Self::CutOff | Self::TimedOut | Self::TooLarge => false,
        }
    }

    /// Nothing else does.
    fn lets_a_create_be_repeated(&self) -> bool {
        matches!(self, Self::NotSent | Self::Response { status: 429, .. })
    }
}

/// The behaviour of the world: the outcome of each attempt, how long it takes, and how much longer each wait
/// takes than was asked for.
type World = Vec<(Outcome, Duration, Duration)>;

fn outcome() -> impl Strategy<Value = Outcome> {
    let status = prop_oneof![
        4 => prop::sample::select(vec![429, 500, 502, 503, 504]),
        1 => 200..600_u16,
    ];
    let retry_after = prop_oneof![
        Just("Sun, 06 Nov 2094 08:49:37 GMT".to_owned()),
        "[0-9]{1,22}",
        "[0-9]",
        ".{0,5}".prop_filter("a header", |text| text.parse::<http::HeaderValue>().is_ok()),
    ];
    let body = prop_oneof![Just("{}".to_owned()), Just(String::new()), ".{0,20}"];
    prop_oneof![
        4 => (status, proptest::option::of(retry_after), body)
            .prop_map(|(status, retry_after, body)| Outcome::Response { status, retry_after, body }),
        1 => Just(Outcome::NotSent),
        1 => Just(Outcome::CutOff),
        1 => Just(Outcome::TimedOut),
        1 => Just(Outcome::TooLarge),
    ]
}

fn duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        Just(Duration::ZERO),
        (0..5_000_u64).prop_map(Duration::from_millis),
        (0..1_000_u64).prop_map(Duration::from_secs),
        Just(Duration::MAX),
    ]
}

/// A clock that stands still at its end would let no wait pass.
fn passing() -> impl Strategy<Value = Duration> {
    duration().prop_map(|duration| duration.min(Duration::from_secs(1_000_000_000)))
}

fn world() -> impl Strategy<Value = World> {
    proptest::collection::vec((outcome(), passing(), passing()), 1..12)
}

/// How often a call is tried, and how long it may take.
type Patience = (RetryPolicy, Duration);

fn patience() -> impl Strategy<Value = Patience> {
    (0..10_u32, passing(), passing(), passing(), duration()).prop_map(
        |(attempts, base, cap, retry_after, timeout)| {
            let policy = RetryPolicy::default()
                .with_attempts(attempts)
                .with_backoff(base, cap)
                .with_retry_after_cap(retry_after);
            (policy, timeout)
        },
    )
}

/// The record of a call.
#[derive(Debug)]
struct Seen {
    sent: Vec<Outcome>,
    /// When each wait was to end.
    waits: Vec<Duration>,
    result: Result<(), Error>,
}

/// Plays a call through. The world repeats itself if the call outlasts it.
fn play<E: Endpoint>(endpoint: &E, patience: Patience, random: u64, world: &World) -> Seen {
    let kit = Kit::new(Credentials::api_key("kit_0123"));
    let (policy, timeout) = patience;
    let mut call = Call::new(&kit, endpoint, random).with_retry(policy).with_timeout(timeout);
    let clock_of_the_call = Clock::new();
    let time = |clock, date| clock_of_the_call.time(clock, date);
    let mut clock = Duration::from_secs(1000);
    let mut date = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let mut happenings = world.iter().cycle();
    let (mut sent, mut waits) = (Vec::new(), Vec::new());
    for _ in 0..1000 {
        match call.next(time(clock, date)) {
            Step::Send(_) => {
                let (outcome, takes, oversleep) = happenings.next().unwrap();
                clock = clock.saturating_add(*takes);
                // The system's clock jumps as it likes.
                date =
                    SystemTime::UNIX_EPOCH + Duration::from_secs(oversleep.as_secs() % 1_000_000);
                sent.push(outcome.clone());
                let now = time(clock, date);
                match outcome {
                    Outcome::Response { status, retry_after, body } => {
                        let mut response = http::Response::builder().status(*status);
                        if let Some(retry_after) = retry_after {
                            response = response.header("Retry-After", retry_after);
                        }
                        call.received(response.body(body.clone()).unwrap(), now);
                    }
                    Outcome::NotSent => call.failed(TransportError::NotSent("no".into()), now),
                    Outcome::CutOff => call.failed(TransportError::CutOff("no".into()), now),
                    Outcome::TimedOut => call.failed(TransportError::TimedOut("no".into()), now),
                    Outcome::TooLarge => call.failed(TransportError::TooLarge { limit: 1 }, now),
                }
            }
            Step::Wait(wait) => {
                assert!(!wait.is_zero());
                waits.push(clock.saturating_add(wait));
                let (_, _, oversleep) = happenings.clone().next().unwrap();
                clock = clock.saturating_add(wait).saturating_add(*oversleep);
            }
            Step::Done(result) => {
                return Seen { sent, waits, result: result.map(drop) };
            }
            _ => panic!("there is no session"),
        }
    }
    panic!("it does not end")
}

fn check<E: Endpoint>(endpoint: &E, patience: Patience, random: u64, world: &World) -> Seen {
    let (policy, timeout) = patience;
    let seen = play(endpoint, patience, random, world);
    assert!(seen.sent.len() <= policy.attempts() as usize, "{seen:?}");
    assert!(!seen.sent.is_empty(), "{seen:?}");
    let deadline = Duration::from_secs(1000).saturating_add(timeout);
    assert!(seen.waits.iter().all(|end| *end <= deadline), "{seen:?}");
    let (last, before) = seen.sent.split_last().unwrap();
    if E::EFFECT == Effect::Creates {
        assert!(before.iter().all(Outcome::lets_a_create_be_repeated), "sent twice: {seen:?}");
    }
    if let Err(error) = &seen.result {
        let perhaps = E::EFFECT != Effect::Reads && !seen.sent.iter().all(Outcome::is_harmless);
        assert_eq!(error.may_have_been_applied(), perhaps, "{seen:?}");
    } else {
        assert!(matches!(last, Outcome::Response { status: 200..300, .. }), "{seen:?}");
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn a_create_is_never_sent_twice(patience in patience(), random in any::<u64>(), world in world()) {
        let create = CreateWebhook::new("https://example.com/kit", Event::PurchaseCreate).unwrap();
        check(&create, patience, random, &world);
    }

    #[test]
    fn an_idempotent_call_ends(patience in patience(), random in any::<u64>(), world in world()) {
        check(&DeleteWebhook::new(9.into()), patience, random, &world);
        check(&ListWebhooks::new(), patience, random, &world);
    }

    /// With time enough, a call goes on as long as there is hope.
    #[test]
    fn a_call_does_not_give_up_early(
        attempts in 1..8_u32,
        random in any::<u64>(),
        failures in prop::collection::vec(prop::sample::select(vec![429, 500, 502, 503, 504]), 0..10),
    ) {
        let policy = RetryPolicy::default().with_attempts(attempts);
        let patience = (policy, Duration::from_secs(1_000_000));
        let outcome = |status| {
            (Outcome::Response { status, retry_after: None, body: String::new() }, Duration::ZERO, Duration::ZERO)
        };
        let world: World = failures.iter().copied().chain([204]).map(outcome).collect();
        let seen = check(&DeleteWebhook::new(9.into()), patience, random, &world);
        prop_assert_eq!(seen.result.is_ok(), failures.len() < attempts as usize);
        prop_assert_eq!(seen.sent.len(), attempts.min(u32::try_from(failures.len()).unwrap() + 1) as usize);
    }
}
