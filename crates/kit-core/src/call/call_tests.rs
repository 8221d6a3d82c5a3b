use super::*;
use crate::fixtures::{at, create, kit};
use crate::time::Clock;
use crate::webhooks::{DeleteWebhook, ListWebhooks};
use crate::{Effect, ReplyProblem};

/// The outcome of an attempt.
#[derive(Clone, Copy, Debug)]
enum Outcome {
    Status(u16),
    Garbage,
    NotSent,
    CutOff,
    TimedOut,
    TooLarge,
    NotProcessed,
}

use Outcome::{CutOff, Garbage, NotProcessed, NotSent, Status, TimedOut, TooLarge};

fn tell<E: Endpoint>(call: &mut Call<E>, outcome: Outcome, now: Time) {
    let status = |status| Response::builder().status(status);
    match outcome {
        Status(code) => call.received(status(code).body("{}").unwrap(), now),
        Garbage => call.received(status(201).body("<html>").unwrap(), now),
        NotSent => call.failed(TransportError::NotSent("refused".into()), now),
        NotProcessed => call.failed(TransportError::NotProcessed("GOAWAY".into()), now),
        CutOff => call.failed(TransportError::CutOff("reset".into()), now),
        TimedOut => call.failed(TransportError::TimedOut("slow".into()), now),
        TooLarge => call.failed(TransportError::TooLarge { limit: 1 }, now),
    }
}

/// The decision of a call after one attempt with this outcome: `Ok` if it is to be made again, else
/// whether it may have been applied.
fn after<E: Endpoint>(endpoint: &E, outcome: Outcome) -> Result<(), bool> {
    let kit = kit();
    let mut call = Call::new(&kit, endpoint, 1 << 63);
    assert!(matches!(call.next(at(0)), Step::Send(request) if request.method() == E::METHOD));
    tell(&mut call, outcome, at(1));
    let result = match call.next(at(1)) {
        Step::Done(Ok(_)) => panic!("{outcome:?} is a success"),
        Step::Done(Err(error)) => return Err(error.may_have_been_applied()),
        Step::Send(_) => Ok(()),
        Step::Wait(wait) => {
            assert!(matches!(call.next(at(1)), Step::Wait(same) if same == wait));
            assert!(matches!(call.next(at(100)), Step::Send(_)));
            Ok(())
        }
        step => panic!("{}", step.name()),
    };
    assert_eq!(call.attempts(), 2);
    result
}

const RETRY: Result<(), bool> = Ok(());
const REFUSED: Result<(), bool> = Err(false);
const PERHAPS: Result<(), bool> = Err(true);

/// The table of [`Call`], cell by cell: what it says of a GET, a DELETE and a create.
#[test]
fn the_table_holds() {
    let refusals = (400..500).filter(|status| *status != 429).map(Status);
    let refusals = refusals.chain([301, 307, 308].map(Status)).map(|o| (o, [REFUSED; 3]));
    let overloads = [500, 502, 503, 504].map(|s| (Status(s), [RETRY, RETRY, PERHAPS]));
    let others = [300, 302, 303, 501, 505, 599].map(|s| (Status(s), [REFUSED, PERHAPS, PERHAPS]));
    let rows = [
        (NotSent, [RETRY, RETRY, RETRY]),
        (NotProcessed, [RETRY, RETRY, RETRY]),
        (Status(429), [RETRY, RETRY, RETRY]),
        (CutOff, [RETRY, RETRY, PERHAPS]),
        (TimedOut, [RETRY, RETRY, PERHAPS]),
        (TooLarge, [REFUSED, PERHAPS, PERHAPS]),
    ];
    for (outcome, [get, delete, create]) in
        rows.into_iter().chain(refusals).chain(overloads).chain(others)
    {
        assert_eq!(after(&ListWebhooks::new(), outcome), get, "GET, {outcome:?}");
        assert_eq!(after(&DeleteWebhook::new(9.into()), outcome), delete, "DELETE, {outcome:?}");
        assert_eq!(after(&self::create(), outcome), create, "POST, {outcome:?}");
    }
    assert_eq!(after(&ListWebhooks::new(), Garbage), REFUSED);
    assert_eq!(after(&create(), Garbage), PERHAPS);
}

/// How long a call waits after a response with this header.
fn wait_after(status: u16, retry_after: &str, timeout: Duration) -> Step<()> {
    let policy = RetryPolicy::default();
    let (kit, list) = (kit(), ListWebhooks::new());
    let mut call = Call::new(&kit, &list, u64::MAX / 2).with_retry(policy).with_timeout(timeout);
    call.next(at(0));
    let response = Response::builder().status(status).header("Retry-After", retry_after);
    call.received(response.body("").unwrap(), at(0));
    match call.next(at(0)) {
        Step::Wait(wait) => Step::Wait(wait),
        Step::Send(request) => Step::Send(request),
        Step::Done(_) => Step::Done(()),
        step => panic!("{step:?}"),
    }
}

/// A call that does not wait for `Retry-After`, as in a test, does not wait for it in the pacer either.
#[test]
fn the_pacer_waits_no_longer_than_the_policy() {
    for (cap, waits) in [(0, 0), (5, 5), (600, 30)] {
        let policy = RetryPolicy::default()
            .with_retry_after_cap(Duration::from_secs(cap))
            .with_backoff(Duration::ZERO, Duration::ZERO);
        let (kit, list, pacer) = (kit(), ListWebhooks::new(), Pacer::new(120));
        let mut call = Call::new(&kit, &list, 7).with_retry(policy).with_pacer(&pacer);
        assert!(matches!(call.next(at(0)), Step::Send(_)));
        let response = Response::builder().status(429).header("Retry-After", "30");
        call.received(response.body("").unwrap(), at(0));
        let mut other = Call::new(&kit, &list, 7).with_pacer(&pacer);
        match other.next(at(0)) {
            Step::Send(_) => assert_eq!(waits, 0),
            Step::Wait(wait) => assert_eq!(wait.as_secs(), waits),
            step => panic!("{step:?}"),
        }
    }
}

/// A call says what is known of it, whenever it is given up.
#[test]
fn a_call_that_is_given_up_says_what_is_known() {
    let kit = kit();
    let mut call = Call::new(&kit, create(), 7);
    assert_eq!(call.give_up().unwrap_err().to_string(), "call: was given up");
    let mut call = Call::new(&kit, create(), 7);
    call.next(at(0));
    assert!(call.give_up().unwrap_err().may_have_been_applied());
    let mut call = Call::new(&kit, create(), 7);
    call.next(at(0));
    tell(&mut call, Status(429), at(1));
    assert!(matches!(call.next(at(1)), Step::Wait(_)));
    let error = call.give_up().unwrap_err();
    assert!(error.to_string().contains("429") && !error.may_have_been_applied(), "{error}");
    // A reply of Kit is not thrown away.
    let mut call = Call::new(&kit, create(), 7);
    call.next(at(0));
    let body = br#"{"webhook": {"id": 9}}"#;
    call.received(Response::builder().status(201).body(body).unwrap(), at(1));
    assert_eq!(call.give_up().unwrap().id, 9.into());
}

/// The whole of what a user sees.
#[test]
fn a_failure_says_where_how_often_and_how_long() {
    let kit = kit();
    let mut call = Call::new(&kit, create(), 7)
        .with_retry(RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO));
    call.next(at(0));
    tell(&mut call, NotSent, at(1));
    call.next(at(1));
    tell(&mut call, CutOff, at(4));
    let Step::Done(Err(error)) = call.next(at(4)) else { panic!("it goes on") };
    assert_eq!(
        error.to_string(),
        "POST /v4/webhooks: cut off: reset; it may have been applied [api.kit.com, 2 attempts, 4.0 s]"
    );
}

#[test]
fn retry_after_is_obeyed_up_to_its_cap() {
    let timeout = Duration::from_secs(120);
    for status in [429, 500, 502, 503, 504] {
        for (retry_after, seconds) in [
            ("7", 7),
            ("60", 60),
            ("61", 60),
            ("99999999999999999999", 60),
            ("Thu, 01 Jan 1970 00:00:09 GMT", 9),
            ("Mon, 01 Jan 2970 00:00:09 GMT", 60),
        ] {
            let wait = Duration::from_secs(seconds);
            let step = wait_after(status, retry_after, timeout);
            assert!(matches!(step, Step::Wait(w) if w == wait), "{status} {retry_after}: {step:?}");
        }
        for now in ["0", "Thu, 01 Jan 1970 00:00:00 GMT"] {
            assert!(matches!(wait_after(status, now, timeout), Step::Send(_)), "{now}");
        }
        // Nonsense is as good as nothing: backoff, of which the random number says half.
        let step = wait_after(status, "soon", timeout);
        assert!(matches!(step, Step::Wait(w) if w < Duration::from_secs(1)), "{step:?}");
    }
}

#[test]
fn a_wait_beyond_the_timeout_is_not_begun() {
    let timeout = Duration::from_secs(30);
    assert!(matches!(wait_after(429, "29", timeout), Step::Wait(_)));
    assert!(matches!(wait_after(429, "30", timeout), Step::Done(())));
}

#[test]
fn a_call_that_oversleeps_its_timeout_does_not_send() {
    let (kit, create) = (kit(), create());
    let mut call = Call::new(&kit, &create, 1 << 63);
    call.next(at(50));
    assert_eq!(call.time_left(at(60)), Duration::from_secs(110));
    tell(&mut call, Status(429), at(60));
    assert!(matches!(call.next(at(60)), Step::Wait(_)));
    let step = call.next(at(170));
    assert!(
        matches!(&step, Step::Done(Err(Error::Api(error))) if error.status() == 429),
        "{step:?}"
    );
}

#[test]
fn one_attempt_is_one_attempt() {
    let (kit, list) = (kit(), ListWebhooks::new());
    for outcome in [NotSent, CutOff, TimedOut, Status(429), Status(503)] {
        let mut call = Call::new(&kit, &list, 0).with_retry(RetryPolicy::none());
        assert!(matches!(call.next(at(0)), Step::Send(_)));
        tell(&mut call, outcome, at(0));
        assert!(matches!(call.next(at(0)), Step::Done(Err(_))));
    }
}

#[test]
fn an_earlier_attempt_is_not_forgotten() {
    let (kit, delete) = (kit(), DeleteWebhook::new(9.into()));
    let mut call = Call::new(&kit, &delete, 0);
    call.next(at(0));
    tell(&mut call, CutOff, at(0));
    assert!(matches!(call.next(at(1)), Step::Send(_)));
    // That there is none may be the work of the first attempt.
    tell(&mut call, Status(404), at(1));
    let Step::Done(Err(error)) = call.next(at(1)) else { panic!("not done") };
    assert!(error.may_have_been_applied());
    assert_eq!(
        error.to_string(),
        "DELETE /v4/webhooks/9: 404 Not Found: {}; an earlier attempt may have been applied"
    );
}

#[test]
fn bad_input_ends_at_once() {
    let kit = Kit::new(Credentials::api_key(""));
    let create = create();
    let mut call = Call::new(&kit, &create, 0);
    let Step::Done(Err(error)) = call.next(at(0)) else { panic!("not done") };
    assert_eq!(error.to_string(), "api_key: is empty");
    assert_eq!(call.attempts(), 0);
}

#[test]
fn a_loop_that_is_wrong_gets_an_error_and_no_panic() {
    let (kit, create) = (kit(), create());
    let mut call = Call::new(&kit, &create, 0);
    // Told before anything was sent: nobody listens.
    tell(&mut call, Status(404), at(0));
    assert!(matches!(call.next(at(0)), Step::Send(_)));
    // Asked before it was told: the request may be anywhere.
    let Step::Done(Err(error)) = call.next(at(0)) else { panic!("not done") };
    assert!(error.may_have_been_applied(), "{error}");
    // Asked after the end.
    tell(&mut call, Status(404), at(0));
    let Step::Done(Err(error)) = call.next(at(0)) else { panic!("not done") };
    assert_eq!(error.to_string(), "call: has ended");
}

/// The effect of an operation decides, and not its method.
#[test]
fn the_effect_of_an_operation_decides_and_not_its_method() {
    struct Posts<const EFFECT: u8>;
    impl<const EFFECT: u8> Endpoint for Posts<EFFECT> {
        const METHOD: http::Method = http::Method::POST;
        const PATH: &'static str = "/v4/subscribers/filter";
        const EFFECT: Effect = match EFFECT {
            0 => Effect::Reads,
            1 => Effect::Repeatable,
            _ => Effect::Creates,
        };
        type Reply = ();
        fn reply(&self, reply: crate::wire::Reply<'_>) -> Result<(), crate::wire::ReadError> {
            reply.nothing()
        }
    }
    for (outcome, [reads, repeatable, creates]) in [
        (CutOff, [RETRY, RETRY, PERHAPS]),
        (Status(503), [RETRY, RETRY, PERHAPS]),
        (TooLarge, [REFUSED, PERHAPS, PERHAPS]),
        (Status(404), [REFUSED, REFUSED, REFUSED]),
    ] {
        assert_eq!(after(&Posts::<0>, outcome), reads, "{outcome:?}");
        assert_eq!(after(&Posts::<1>, outcome), repeatable, "{outcome:?}");
        assert_eq!(after(&Posts::<2>, outcome), creates, "{outcome:?}");
    }
}

#[test]
fn a_call_can_own_its_endpoint_and_be_stored() {
    fn engine() -> Vec<Call<crate::webhooks::CreateWebhook>> {
        let kit = kit();
        vec![Call::new(&kit, create(), 0), Call::new(&kit, create(), 1)]
    }
    let mut calls = engine();
    assert!(calls.iter_mut().all(|call| matches!(call.next(at(0)), Step::Send(_))));
    assert_eq!(calls[0].endpoint(), &create());
}

#[test]
fn a_call_ends_where_its_loop_cannot_go_on() {
    let mut call = Call::new(&kit(), create(), 0);
    let step = call.next(at(0));
    let error = call.refuse(&step).unwrap_err();
    assert!(error.may_have_been_applied(), "it may have been sent: {error}");
    let mut call = Call::new(&kit(), create(), 0);
    let error = call.refuse(&Step::Wait(Duration::ZERO)).unwrap_err();
    assert_eq!(error.to_string(), "call: the step Wait is not supported by this transport");
}

#[test]
fn a_call_that_the_pacer_holds_beyond_its_timeout_is_told_for_how_long() {
    let (kit, pacer) = (kit(), Pacer::new(1));
    let timeout = Duration::from_secs(30);
    let call = || Call::new(&kit, create(), 0).with_pacer(&pacer).with_timeout(timeout);
    let mut first = call();
    assert!(matches!(first.next(at(0)), Step::Send(_)));
    tell(&mut first, Status(404), at(1));
    let Step::Done(Err(error)) = call().next(at(4)) else { panic!("not done") };
    assert!(matches!(&error, Error::Paced { wait, .. } if wait.as_secs() == 57), "{error}");
    assert!(!error.may_have_been_applied());
    assert_eq!(
        error.to_string(),
        "POST /v4/webhooks: not sent: the pacer leaves no room before the timeout; there may be some \
         in 57s"
    );
    // The call has given its place back.
    assert!(
        matches!(call().with_timeout(Duration::from_secs(60)).next(at(5)), Step::Wait(w) if w.as_secs() == 56)
    );
}

#[test]
fn another_clock_ends_the_call_with_an_error() {
    let mut call = Call::new(&kit(), create(), 0);
    call.next(at(0));
    tell(&mut call, NotSent, at(0));
    let other = Clock::new().time(Duration::ZERO, std::time::SystemTime::UNIX_EPOCH);
    let Step::Done(Err(error)) = call.next(other) else { panic!("not done") };
    assert!(error.to_string().starts_with("clock: "), "{error}");

    let pacer = Pacer::new(10);
    Call::new(&kit(), create(), 0).with_pacer(&pacer).next(at(0));
    let Step::Done(Err(error)) = Call::new(&kit(), create(), 0).with_pacer(&pacer).next(other)
    else {
        panic!("not done")
    };
    assert!(error.to_string().starts_with("clock: "), "{error}");
}

#[test]
fn a_success_that_is_no_reply_is_told_apart() {
    let mut call = Call::new(&kit(), create(), 0);
    call.next(at(0));
    tell(&mut call, Garbage, at(0));
    let Step::Done(Err(Error::Reply(error))) = call.next(at(0)) else { panic!("not done") };
    assert_eq!(error.problem(), ReplyProblem::Html);
}

/// A GET was answered 503; when it is to be sent again, the token of its session has expired.
fn call_whose_token_expires_between_attempts(kit: &Kit) -> Call<ListWebhooks> {
    let mut call = Call::new(kit, ListWebhooks::new(), 7)
        .with_retry(RetryPolicy::default().with_attempts(50))
        .with_timeout(Duration::from_secs(100));
    assert!(matches!(call.next(at(0)), Step::Send(_)));
    tell(&mut call, Status(503), at(1));
    assert!(matches!(call.next(at(1)), Step::Wait(_)));
    call
}

fn kit_with_session() -> Kit {
    use crate::oauth::{App, RefreshStep, Session, Tokens};
    let session = Session::in_memory(App::public("client"));
    let tokens = Tokens::new("a").with_refresh_token("r").with_expires_in(10);
    let mut refresh = session.begin(&tokens, at(0)).unwrap();
    assert!(matches!(refresh.next(at(0)), RefreshStep::Done(Ok(()))));
    kit().with_credentials(crate::Credentials::session(&session))
}

/// Kit's last answer says more than that the session was busy.
#[test]
fn a_call_that_waits_for_a_session_too_long_ends_with_the_error_before() {
    let kit = kit_with_session();
    let mut call = call_whose_token_expires_between_attempts(&kit);
    let Step::Refresh(_held) = call.next(at(60)) else { panic!("the token has expired") };
    assert!(matches!(call.next(at(60)), Step::AwaitRefresh { .. }));
    let Step::Done(Err(error)) = call.next(at(101)) else { panic!("it goes on") };
    assert!(matches!(&error, Error::Api(error) if error.status() == 503), "{error}");
}

/// Only a 401 is a rejection of the token.
#[test]
fn an_earlier_error_of_another_kind_is_no_rejection() {
    let kit = kit_with_session();
    let mut call = call_whose_token_expires_between_attempts(&kit);
    let error = loop {
        match call.next(at(60)) {
            Step::Refresh(refresh) => drop(refresh),
            Step::AwaitRefresh { .. } => {}
            Step::Done(result) => break result.unwrap_err(),
            step => panic!("{step:?}"),
        }
    };
    let Error::Session { failure: SessionError::Dropped, rejection: None, .. } = error else {
        panic!("{error}")
    };
}
