//! Many calls of several processes on one session, against a model of Kit whose refresh tokens are good
//! for once: none is spent twice, and no call fails.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, SystemTime};

use http::{Request, Response};
use kit_core::oauth::{
    App, Record, Refresh, RefreshStep, Refreshed, SaveError, Session, Store as _, StoreError,
    Tokens,
};
use kit_core::webhooks::ListWebhooks;
use kit_core::{Call, Clock, Credentials, Error, Kit, RetryPolicy, Step, Time, TransportError};
use kit_tests::session::Memory;
use proptest::prelude::*;
use serde_json::{Value, json};

const LIFETIME: Duration = Duration::from_secs(600);
const LIST: &str = r#"{"webhooks": [], "pagination": {"has_previous_page": false,
    "has_next_page": false, "start_cursor": null, "end_cursor": null, "per_page": 500}}"#;
const PROCESSES: usize = 4;

/// By how much the dates of processes may differ.
const SKEW: Duration = Duration::from_secs(600);

/// After how long a refresh is taken over that nobody drives.
const LEASE: Duration = Duration::from_secs(60);

/// One call.
#[derive(Clone, Copy, Debug)]
struct Plan {
    process: usize,
    begins: Duration,
    /// How long each of its exchanges takes, and those of a refresh that it begins.
    takes: Duration,
    /// How long the store takes each time.
    store_takes: Duration,
    /// After which part of that (of 256) Kit, or the store, does what it is asked.
    arrives: u8,
    ends: End,
    patience: Patience,
}

impl Plan {
    /// When what takes so long is done, and when its outcome is known.
    fn moments(&self, now: Duration, takes: Duration) -> (Duration, Duration) {
        (now + takes * u32::from(self.arrives) / 256, now + takes)
    }
}

/// How long a call goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Patience {
    Ample,
    /// The call that was dropped may fail, but no other because of it.
    Little,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Proper,
    /// The caller drops the call while a refresh is under way that it has begun: that goes on.
    Cancelled,
    /// The caller drops the refresh, too, before it sends.
    Dropped,
    /// Nobody drives the refresh any more from when it would send, and nobody drops it.
    Undriven,
    /// The process dies with the refresh that this call has begun, before that is sent.
    Killed,
}

/// The faults of a request for tokens, before it is applied.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Status(u16),
    CutOff,
    NotSent,
}

/// Kit, as far as tokens go.
#[derive(Debug, Default)]
struct Model {
    access_tokens: BTreeMap<String, Duration>,
    unspent: BTreeSet<String>,
    spent: BTreeSet<String>,
    issued: usize,
    /// How often a refresh token came that was spent.
    repeated: usize,
    faults: Vec<Option<Fault>>,
    /// How long access tokens last: at most as long as is told.
    lifetime: Duration,
}

impl Model {
    fn issue(&mut self, now: Duration) -> Value {
        self.issued += 1;
        let (access, refresh) = (format!("a{}", self.issued), format!("r{}", self.issued));
        self.access_tokens.insert(format!("Bearer {access}"), now + self.lifetime);
        self.unspent.insert(refresh.clone());
        json!({"access_token": access, "refresh_token": refresh, "expires_in": LIFETIME.as_secs()})
    }

    fn list(&self, request: &Request<Vec<u8>>, now: Duration) -> Response<String> {
        let token = request.headers()["authorization"].to_str().unwrap();
        let is_valid = self.access_tokens.get(token).is_some_and(|end| now < *end);
        let status = if is_valid { 200 } else { 401 };
        Response::builder().status(status).body(LIST.to_owned()).unwrap()
    }

    fn token(
        &mut self,
        request: &Request<Vec<u8>>,
        now: Duration,
    ) -> Result<Response<String>, TransportError> {
        let reply = |status, body: Value| {
            Ok(Response::builder().status(status).body(body.to_string()).unwrap())
        };
        match self.faults.pop().flatten() {
            Some(Fault::Status(status)) => return reply(status, json!({})),
            Some(Fault::CutOff) => return Err(TransportError::CutOff("reset".into())),
            Some(Fault::NotSent) => return Err(TransportError::NotSent("refused".into())),
            None => {}
        }
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        let token = body["refresh_token"].as_str().unwrap();
        if self.unspent.remove(token) {
            self.spent.insert(token.to_owned());
            let tokens = self.issue(now);
            return reply(200, tokens);
        }
        assert!(self.spent.contains(token), "{token}");
        self.repeated += 1;
        reply(400, json!({"error": "invalid_grant"}))
    }
}

/// The subject of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Call,
    /// The refresh with this number, which the call has begun last.
    Refresh(usize),
}

/// The next event, and the call or refresh that it happens to.
#[derive(Debug)]
enum Happens {
    Asks,
    Arrives(Box<Request<Vec<u8>>>, Duration),
    Answered(Result<Response<String>, TransportError>),
    /// The store does what it was asked: it loads, or saves this.
    Stores(Option<Record>, Duration),
    Loaded(Result<Option<Record>, StoreError>),
    Saved(Result<(), SaveError>),
    /// The call waits no longer for a refresh: of the wait with this number.
    TimesOut(usize),
}

/// A call that waits for a refresh: it is asked again when it is woken, and not before.
struct Awaiting {
    number: usize,
    refreshed: Pin<Box<Refreshed>>,
    flag: Arc<Flag>,
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

struct World<'a> {
    plans: &'a [Plan],
    model: Model,
    store: Memory,
    clocks: Vec<Clock>,
    calls: Vec<Option<Call<ListWebhooks>>>,
    /// By the call that began them: with the number of the refresh.
    refreshes: Vec<Option<(usize, Box<Refresh>)>>,
    /// How many refreshes there were.
    begun: usize,
    awaiting: Vec<Option<Awaiting>>,
    waits: usize,
    dead: BTreeSet<usize>,
    /// Refreshes that nobody drives any more.
    left: Vec<Refresh>,
    /// When, a number that keeps the order, which call, about what of it.
    queue: BinaryHeap<Reverse<(Duration, usize, usize, Whose)>>,
    happenings: Vec<Option<Happens>>,
    /// When each call has ended, and with what.
    results: Vec<Option<(Duration, Result<(), Error>)>>,
}

/// The clocks of the processes differ by up to 3 seconds.
fn date(process: usize, now: Duration) -> SystemTime {
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    start + now + Duration::from_secs(process as u64)
}

impl<'a> World<'a> {
    /// In which the session has just begun, and the first calls are still to come. With so many faults, and
    /// access tokens that last so long.
    fn new(
        plans: &'a [Plan],
        faults: Vec<Option<Fault>>,
        lifetime: Duration,
        call: impl Fn(&Plan, Call<ListWebhooks>) -> Call<ListWebhooks>,
    ) -> Self {
        let mut model = Model { faults, lifetime, ..Model::default() };
        let first = model.issue(Duration::ZERO);
        let text = |name: &str| first[name].as_str().unwrap();
        let tokens = Tokens::new(text("access_token"))
            .with_refresh_token(text("refresh_token"))
            .with_expires_in(LIFETIME.as_secs());
        let (app, store) = (App::confidential("id", "secret"), Memory::default());
        let begun = Clock::new().time(Duration::ZERO, date(0, Duration::ZERO));
        begin(&Session::new(app.clone()), &store, &tokens, begun);
        let kits: Vec<_> = (0..PROCESSES)
            .map(|_| Kit::new(Credentials::session(&Session::new(app.clone()))))
            .collect();
        let calls = plans.iter().zip(0..).map(|(plan, random)| {
            Some(call(plan, Call::new(&kits[plan.process], ListWebhooks::new(), random)))
        });
        let mut this = Self {
            calls: calls.collect(),
            refreshes: plans.iter().map(|_| None).collect(),
            begun: 0,
            awaiting: plans.iter().map(|_| None).collect(),
            waits: 0,
            results: plans.iter().map(|_| None).collect(),
            clocks: (0..PROCESSES).map(|_| Clock::new()).collect(),
            plans,
            model,
            store,
            dead: BTreeSet::new(),
            left: Vec::new(),
            queue: BinaryHeap::new(),
            happenings: Vec::new(),
        };
        for (index, plan) in plans.iter().enumerate() {
            this.happens(plan.begins, index, Whose::Call, Happens::Asks);
        }
        this
    }

    fn time(&self, call: usize, now: Duration) -> Time {
        let process = self.plans[call].process;
        self.clocks[process].time(now, date(process, now))
    }

    fn happens(&mut self, at: Duration, call: usize, whose: Whose, what: Happens) {
        self.queue.push(Reverse((at, self.happenings.len(), call, whose)));
        self.happenings.push(Some(what));
    }

    fn play(&mut self) -> Duration {
        let mut last = Duration::ZERO;
        while let Some(Reverse((now, number, call, whose))) = self.queue.pop() {
            assert!(number < 200_000, "it does not end");
            let what = self.happenings[number].take().unwrap();
            last = now;
            if !self.dead.contains(&self.plans[call].process) {
                match whose {
                    Whose::Call => self.go_on_with_call(call, what, now),
                    Whose::Refresh(number) => self.go_on_with_refresh(call, number, what, now),
                }
            }
            self.ask_the_woken(now);
        }
        last
    }

    fn go_on_with_call(&mut self, index: usize, what: Happens, now: Duration) {
        let time = self.time(index, now);
        match what {
            Happens::Asks => return self.ask_call(index, now),
            Happens::TimesOut(number) => {
                if self.awaiting[index].take_if(|awaiting| awaiting.number == number).is_some() {
                    self.ask_call(index, now);
                }
                return;
            }
            Happens::Arrives(request, done) => {
                let answer = Ok(self.model.list(&request, now));
                return self.happens(done, index, Whose::Call, Happens::Answered(answer));
            }
            Happens::Answered(answer) => {
                let Some(call) = &mut self.calls[index] else { return };
                match answer {
                    Ok(response) => call.received(response, time),
                    Err(failure) => call.failed(failure, time),
                }
            }
            what => panic!("a call has no store: {what:?}"),
        }
        self.ask_call(index, now);
    }

    fn go_on_with_refresh(&mut self, index: usize, number: usize, what: Happens, now: Duration) {
        let (time, whose) = (self.time(index, now), Whose::Refresh(number));
        let is_current = self.refreshes[index].as_ref().is_some_and(|(n, _)| *n == number);
        match what {
            Happens::Arrives(request, done) => {
                let answer = self.model.token(&request, now);
                return self.happens(done, index, whose, Happens::Answered(answer));
            }
            Happens::Stores(record, done) => {
                let happens = match record {
                    Some(record) => Happens::Saved(self.store.save(&record)),
                    None => Happens::Loaded(self.store.load()),
                };
                return self.happens(done, index, whose, happens);
            }
            _ if !is_current => return,
            _ => {}
        }
        let Some((_, refresh)) = &mut self.refreshes[index] else { return };
        match what {
            Happens::Answered(Ok(response)) => refresh.received(response, time),
            Happens::Answered(Err(failure)) => refresh.failed(failure, time),
            Happens::Loaded(loaded) => refresh.loaded(loaded, time),
            Happens::Saved(saved) => refresh.saved(saved, time),
            _ => {}
        }
        self.ask_refresh(index, number, now);
    }

    fn ask_call(&mut self, index: usize, now: Duration) {
        let (plan, time) = (self.plans[index], self.time(index, now));
        let Some(call) = &mut self.calls[index] else { return };
        let step = call.next(time);
        match step {
            Step::Send(request) => {
                let (arrives, done) = plan.moments(now, plan.takes);
                let happens = Happens::Arrives(Box::new(request), done);
                self.happens(arrives, index, Whose::Call, happens);
            }
            Step::Wait(wait) => self.happens(now + wait, index, Whose::Call, Happens::Asks),
            Step::AwaitRefresh { refreshed, at_most } => {
                self.waits += 1;
                let (number, flag) = (self.waits, Arc::<Flag>::default());
                // The call is polled a first time with the others.
                flag.0.store(true, Ordering::SeqCst);
                let refreshed = Box::pin(refreshed);
                self.awaiting[index] = Some(Awaiting { number, refreshed, flag });
                self.happens(now + at_most, index, Whose::Call, Happens::TimesOut(number));
            }
            Step::Refresh(refresh) => {
                self.begun += 1;
                let number = self.begun;
                self.refreshes[index] = Some((number, refresh));
                if matches!(plan.ends, End::Cancelled | End::Dropped) {
                    self.calls[index] = None;
                } else {
                    self.happens(now, index, Whose::Call, Happens::Asks);
                }
                self.happens(now, index, Whose::Refresh(number), Happens::Asks);
            }
            Step::Done(result) => {
                self.calls[index] = None;
                self.results[index] = Some((now, result.map(drop)));
            }
            step => panic!("{step:?}"),
        }
    }

    /// A call that was woken is asked, and no other.
    fn ask_the_woken(&mut self, now: Duration) {
        for index in 0..self.awaiting.len() {
            let Some(awaiting) = &mut self.awaiting[index] else { continue };
            if !awaiting.flag.0.swap(false, Ordering::SeqCst) {
                continue;
            }
            let waker = Waker::from(awaiting.flag.clone());
            let mut context = Context::from_waker(&waker);
            if awaiting.refreshed.as_mut().poll(&mut context) == Poll::Ready(()) {
                self.awaiting[index] = None;
                self.happens(now, index, Whose::Call, Happens::Asks);
            }
        }
    }

    fn ask_refresh(&mut self, index: usize, number: usize, now: Duration) {
        let (plan, time, whose) =
            (self.plans[index], self.time(index, now), Whose::Refresh(number));
        let Some((_, refresh)) = &mut self.refreshes[index] else { return };
        let step = refresh.next(time);
        match step {
            RefreshStep::Send(_) if plan.ends == End::Killed => {
                self.dead.insert(plan.process);
            }
            RefreshStep::Send(_) if plan.ends == End::Dropped => self.refreshes[index] = None,
            RefreshStep::Send(_) if plan.ends == End::Undriven => {
                let (_, refresh) = self.refreshes[index].take().unwrap();
                self.left.push(*refresh);
                self.calls[index] = None;
            }
            RefreshStep::Send(request) => {
                let (arrives, done) = plan.moments(now, plan.takes);
                let happens = Happens::Arrives(Box::new(request), done);
                self.happens(arrives, index, whose, happens);
            }
            RefreshStep::Load | RefreshStep::Save(_) => {
                let record = if let RefreshStep::Save(record) = step { Some(record) } else { None };
                let (arrives, done) = plan.moments(now, plan.store_takes);
                self.happens(arrives, index, whose, Happens::Stores(record, done));
            }
            RefreshStep::Wait(wait) => self.happens(now + wait, index, whose, Happens::Asks),
            RefreshStep::Done(_) => self.refreshes[index] = None,
            step => panic!("{step:?}"),
        }
    }
}

/// Saves the tokens that an authorization has brought.
fn begin(session: &Session, store: &Memory, tokens: &Tokens, now: Time) {
    let mut refresh = session.begin(tokens, now).unwrap();
    loop {
        match refresh.next(now) {
            RefreshStep::Load => refresh.loaded(store.load(), now),
            RefreshStep::Save(record) => refresh.saved(store.save(&record), now),
            RefreshStep::Done(result) => return result.unwrap(),
            step => panic!("{step:?}"),
        }
    }
}

fn plan() -> impl Strategy<Value = Plan> {
    let milliseconds = |most: u64| (0..=most).prop_map(Duration::from_millis);
    let ends = prop_oneof![
        16 => Just(End::Proper),
        1 => Just(End::Cancelled),
        1 => Just(End::Dropped),
        1 => Just(End::Undriven),
        1 => Just(End::Killed),
    ];
    let patience = prop_oneof![4 => Just(Patience::Ample), 1 => Just(Patience::Little)];
    // Together with what is waited for before an attempt, it ends within a claim.
    let takes = prop_oneof![4 => milliseconds(1_000), 1 => milliseconds(28_000)];
    let store_takes = prop_oneof![1 => Just(Duration::ZERO), 1 => milliseconds(500)];
    let begins = milliseconds(3_000_000);
    (0..PROCESSES, begins, takes, store_takes, any::<u8>(), ends, patience).prop_map(
        |(process, begins, takes, store_takes, arrives, ends, patience)| Plan {
            process,
            begins,
            takes,
            store_takes,
            arrives,
            ends,
            patience,
        },
    )
}

/// Whether several let go of a refresh shortly before: each holds up the next one for as long as a lease, and so
/// there may be no time left for all its attempts. By dates that may differ by ten minutes, it does so for as long after.
fn is_held_up(plans: &[Plan], end: Duration) -> bool {
    let shortly = |begins: Duration| (begins..=begins + SKEW + 5 * LEASE).contains(&end);
    let lets_go = |plan: &&Plan| matches!(plan.ends, End::Dropped | End::Undriven | End::Killed);
    plans.iter().filter(lets_go).filter(|plan| shortly(plan.begins)).count() > 1
}

/// The faults on the way to the token endpoint: not so many that a refresh gives up.
fn faults() -> impl Strategy<Value = Vec<Option<Fault>>> {
    let fault = prop::sample::select(vec![
        Fault::Status(429),
        Fault::Status(503),
        Fault::CutOff,
        Fault::NotSent,
    ]);
    let fault = prop::option::of(fault);
    let row = (fault.clone(), fault).prop_map(|(one, another)| [one, another, None, None]);
    prop::collection::vec(row, 0..20).prop_map(|rows| rows.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn no_refresh_token_is_spent_twice_and_no_call_fails(
        plans in prop::collection::vec(plan(), 1..60),
        faults in faults(),
        lifetime in prop::sample::select(vec![LIFETIME, LIFETIME / 2]),
    ) {
        let policy = RetryPolicy::default()
            .with_attempts(4)
            .with_backoff(Duration::from_millis(500), Duration::from_secs(1));
        let mut world = World::new(&plans, faults, lifetime, |plan, call| match plan.patience {
            Patience::Ample => call.with_retry(policy).with_timeout(Duration::from_secs(600)),
            Patience::Little => {
                call.with_retry(RetryPolicy::none()).with_timeout(Duration::from_secs(1))
            }
        });
        let end = world.play();

        prop_assert_eq!(world.model.repeated, 0);
        for (index, (plan, result)) in plans.iter().zip(&world.results).enumerate() {
            match result {
                Some((_, Err(_))) if plan.patience == Patience::Little => {}
                Some((end, Err(Error::Session { .. }))) if is_held_up(&plans, *end) => {}
                Some((_, result)) => prop_assert!(result.is_ok(), "{:?}: {:?}", plan, result),
                None => {
                    let is_lost = plan.ends != End::Proper && world.calls[index].is_none();
                    prop_assert!(is_lost || world.dead.contains(&plan.process), "{:?}", plan);
                }
            }
        }
        // The tokens that are kept are those that Kit gave last.
        let held = world.store.load().unwrap().unwrap();
        let refresh_token = held.tokens().refresh_token.clone().unwrap();
        prop_assert!(world.model.unspent.contains(refresh_token.secret()));
        // No more refreshes than there is time for, with what others do not wait for.
        let most = end.as_secs() / (lifetime.as_secs() * 9 / 10) + 1;
        prop_assert!(world.model.issued as u64 <= most + 1, "{} in {end:?}", world.model.issued);
    }

    /// Whoever began a refresh and let it go, at whatever point: the others wait for no longer than its lease,
    /// and the time of their own.
    #[test]
    fn nobody_waits_longer_than_a_lease_for_what_nobody_drives(
        plan in plan().prop_filter("it goes wrong", |plan| plan.ends != End::Proper),
        process in 0..PROCESSES,
        later in (0..30_000_u64).prop_map(Duration::from_millis),
    ) {
        let quick = Duration::from_millis(10);
        let first = Plan { begins: LIFETIME, patience: Patience::Ample, takes: quick, ..plan };
        let second = Plan { process, begins: first.begins + later, ends: End::Proper, ..first };
        let plans = [first, second];
        let mut world = World::new(&plans, Vec::new(), LIFETIME, |_, call| call);
        world.play();
        prop_assert_eq!(world.model.repeated, 0);
        if !world.dead.contains(&process) {
            let Some((end, Ok(()))) = &world.results[1] else {
                panic!("{:?}", world.results[1]);
            };
            let lost = match plan.ends {
                // A refresh that goes on ends soon, and one that is dropped is known to have ended in its own process.
                End::Proper | End::Cancelled => Duration::ZERO,
                End::Dropped if process == plan.process => Duration::ZERO,
                _ => LEASE + Duration::from_secs(PROCESSES as u64),
            };
            let most = second.begins + lost + Duration::from_secs(5);
            prop_assert!(*end <= most, "{:?} after {:?}", end, second.begins);
        }
    }
}
