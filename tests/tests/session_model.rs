//! Many calls of several processes on one session, against a model of Kit whose refresh tokens are good
//! for once: none is spent twice, and no call fails.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::{Request, Response};
use kit_core::oauth::{App, MemoryStore, Refresh, RefreshStep, Session, Store as _, Tokens};
use kit_core::webhooks::ListWebhooks;
use kit_core::{Call, Credentials, Error, Kit, RetryPolicy, Step, Time, TransportError};
use proptest::prelude::*;
use serde_json::{Value, json};

const LIFETIME: Duration = Duration::from_secs(600);
const LIST: &str = r#"{"webhooks": [], "pagination": {"has_previous_page": false,
    "has_next_page": false, "start_cursor": null, "end_cursor": null, "per_page": 500}}"#;

/// One call.
#[derive(Clone, Copy, Debug)]
struct Plan {
    process: usize,
    begins: Duration,
    /// How long each of its exchanges takes, and those of a refresh that it begins.
    takes: Duration,
    /// After which part of that (of 256) Kit does what it is asked.
    arrives: u8,
    ends: End,
    patience: Patience,
}

/// How long a call goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Patience {
    Ample,
    /// It may fail, but nobody else for it.
    Little,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Proper,
    /// The caller drops the call while a refresh is under way that it has begun.
    Cancelled,
    /// The process dies with the refresh that this call has begun, before that is sent.
    Killed,
}

/// What goes wrong with a request for tokens, before it is applied.
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

/// What happens next, to which call or refresh.
#[derive(Debug)]
enum Happens {
    Asks,
    Arrives(Box<Request<Vec<u8>>>),
    Answered(Result<Response<String>, TransportError>),
    /// The call waits no longer for the refresh that it has begun.
    GoesOn,
}

struct World<'a> {
    plans: &'a [Plan],
    model: Model,
    calls: Vec<Option<Call<'a, ListWebhooks>>>,
    /// By the call that began it.
    refreshes: Vec<Option<Box<Refresh>>>,
    /// Which calls wait for the refresh that they have begun, and when their time is up.
    waiting: BTreeSet<usize>,
    ends: Vec<Duration>,
    dead: BTreeSet<usize>,
    /// When, a number that keeps the order, which call, whether it is about its refresh.
    queue: BinaryHeap<Reverse<(Duration, usize, usize, bool)>>,
    happenings: Vec<Option<Happens>>,
    results: Vec<Option<Result<(), Error>>>,
}

/// Whether calls of the process run refreshes themselves, as those of kit-ureq do, in place of leaving
/// them to a task, as those of kit-hyper.
fn blocks(process: usize) -> bool {
    process.is_multiple_of(2)
}

/// The clocks of the processes differ by seconds, and the one that never jumps is each process's own.
fn time(process: usize, now: Duration) -> Time {
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    Time::new(now, start + now + Duration::from_secs(process as u64))
}

impl World<'_> {
    fn happens(&mut self, at: Duration, call: usize, is_refresh: bool, what: Happens) {
        self.queue.push(Reverse((at, self.happenings.len(), call, is_refresh)));
        self.happenings.push(Some(what));
    }

    fn play(&mut self) -> Duration {
        let mut last = Duration::ZERO;
        while let Some(Reverse((now, number, call, is_refresh))) = self.queue.pop() {
            assert!(number < 200_000, "it does not end");
            let what = self.happenings[number].take().unwrap();
            last = now;
            if self.dead.contains(&self.plans[call].process) {
                continue;
            }
            match what {
                Happens::Asks if is_refresh => self.ask_refresh(call, now),
                Happens::Asks => self.ask_call(call, now),
                Happens::GoesOn => self.go_on(call, now),
                Happens::Arrives(request) => {
                    let plan = self.plans[call];
                    let answer = if is_refresh {
                        self.model.token(&request, now)
                    } else {
                        Ok(self.model.list(&request, now))
                    };
                    let left = plan.takes * (256 - u32::from(plan.arrives)) / 256;
                    self.happens(now + left, call, is_refresh, Happens::Answered(answer));
                }
                Happens::Answered(answer) => {
                    let time = time(self.plans[call].process, now);
                    match (is_refresh, answer) {
                        (true, answer) => {
                            let refresh = self.refreshes[call].as_mut().unwrap();
                            match answer {
                                Ok(response) => refresh.received(response, time),
                                Err(failure) => refresh.failed(failure, time),
                            }
                        }
                        (false, answer) => {
                            let Some(call) = &mut self.calls[call] else { continue };
                            match answer {
                                Ok(response) => call.received(response, time),
                                Err(failure) => call.failed(failure, time),
                            }
                        }
                    }
                    self.happens(now, call, is_refresh, Happens::Asks);
                }
            }
        }
        last
    }

    fn go_on(&mut self, call: usize, now: Duration) {
        if self.waiting.remove(&call) {
            self.ask_call(call, now);
        }
    }

    fn ask_call(&mut self, index: usize, now: Duration) {
        let plan = self.plans[index];
        let Some(call) = &mut self.calls[index] else { return };
        match call.next(time(plan.process, now)) {
            Step::Send(request) => {
                let arrival = now + plan.takes * u32::from(plan.arrives) / 256;
                self.happens(arrival, index, false, Happens::Arrives(Box::new(request)));
            }
            Step::Wait(wait) => self.happens(now + wait, index, false, Happens::Asks),
            Step::Refresh(refresh) => {
                let left = call.time_left(time(plan.process, now));
                let patience = if refresh.is_urgent() { left } else { Duration::from_secs(2) };
                self.waiting.insert(index);
                if !blocks(plan.process) {
                    self.happens(now + patience, index, false, Happens::GoesOn);
                }
                self.ends[index] = now + left;
                self.refreshes[index] = Some(refresh);
                self.happens(now, index, true, Happens::Asks);
                if plan.ends == End::Cancelled {
                    self.calls[index] = None;
                }
            }
            Step::Done(result) => {
                self.calls[index] = None;
                self.results[index] = Some(result.map(drop));
            }
        }
    }

    fn ask_refresh(&mut self, index: usize, now: Duration) {
        let plan = self.plans[index];
        let refresh = self.refreshes[index].as_mut().unwrap();
        match refresh.next(time(plan.process, now)) {
            RefreshStep::Send(_) if plan.ends == End::Killed => {
                self.dead.insert(plan.process);
            }
            RefreshStep::Send(request) => {
                let arrival = now + plan.takes * u32::from(plan.arrives) / 256;
                self.happens(arrival, index, true, Happens::Arrives(Box::new(request)));
            }
            RefreshStep::Wait(wait) => {
                let left = self.ends[index].saturating_sub(now);
                let left = if refresh.is_urgent() { left } else { Duration::ZERO };
                if blocks(plan.process) && wait > left && refresh.can_be_given_up() {
                    let refresh = self.refreshes[index].take().unwrap();
                    refresh.give_up(time(plan.process, now));
                    self.happens(now, index, false, Happens::GoesOn);
                } else {
                    self.happens(now + wait, index, true, Happens::Asks);
                }
            }
            RefreshStep::Done => {
                self.refreshes[index] = None;
                // The call goes on, if it is still there.
                self.happens(now, index, false, Happens::GoesOn);
            }
        }
    }
}

fn plan() -> impl Strategy<Value = Plan> {
    let milliseconds = |most: u64| (0..=most).prop_map(Duration::from_millis);
    let ends =
        prop_oneof![8 => Just(End::Proper), 1 => Just(End::Cancelled), 1 => Just(End::Killed)];
    let patience = prop_oneof![4 => Just(Patience::Ample), 1 => Just(Patience::Little)];
    // Together with what is waited for before an attempt, it ends within a claim.
    let takes = prop_oneof![4 => milliseconds(1_000), 1 => milliseconds(28_000)];
    (0..4_usize, milliseconds(3_000_000), takes, any::<u8>(), ends, patience).prop_map(
        |(process, begins, takes, arrives, ends, patience)| Plan {
            process,
            begins,
            takes,
            arrives,
            ends,
            patience,
        },
    )
}

/// What goes wrong on the way to the token endpoint: not so often that a refresh gives up.
fn faults() -> impl Strategy<Value = Vec<Option<Fault>>> {
    let fault = prop::sample::select(vec![
        Fault::Status(429),
        Fault::Status(503),
        Fault::CutOff,
        Fault::NotSent,
    ]);
    let pair = prop::option::of(fault).prop_map(|fault| [fault, None, None]);
    prop::collection::vec(pair, 0..20).prop_map(|pairs| pairs.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn no_refresh_token_is_spent_twice_and_no_call_fails(
        plans in prop::collection::vec(plan(), 1..60),
        faults in faults(),
        lifetime in prop::sample::select(vec![LIFETIME, LIFETIME / 2]),
    ) {
        let store = Arc::new(MemoryStore::new());
        let mut model = Model { faults, lifetime, ..Model::default() };
        let first = model.issue(Duration::ZERO);
        let text = |name: &str| first[name].as_str().unwrap();
        let tokens = Tokens::new(text("access_token"))
            .with_refresh_token(text("refresh_token"))
            .with_expires_in(LIFETIME.as_secs());
        let app = App::confidential("id", "secret");
        let begun = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        Session::new(app.clone(), store.clone()).begin(&tokens, begun).unwrap();

        let kits: Vec<_> = (0..4)
            .map(|_| Session::new(app.clone(), store.clone()))
            .map(|session| Kit::new(Credentials::session(&session)))
            .collect();
        let list = ListWebhooks::new();
        let policy = RetryPolicy::default()
            .with_attempts(4)
            .with_backoff(Duration::from_millis(500), Duration::from_secs(1))
            .with_deadline(Duration::from_secs(600));
        let calls = plans.iter().enumerate().map(|(index, plan)| {
            let policy = match plan.patience {
                Patience::Ample => policy,
                Patience::Little => RetryPolicy::none().with_deadline(Duration::from_secs(1)),
            };
            Some(Call::new(&kits[plan.process], &list, policy, index as u64))
        });
        let mut world = World {
            calls: calls.collect(),
            refreshes: plans.iter().map(|_| None).collect(),
            results: plans.iter().map(|_| None).collect(),
            plans: &plans,
            model,
            waiting: BTreeSet::new(),
            ends: plans.iter().map(|_| Duration::ZERO).collect(),
            dead: BTreeSet::new(),
            queue: BinaryHeap::new(),
            happenings: Vec::new(),
        };
        for (index, plan) in plans.iter().enumerate() {
            world.happens(plan.begins, index, false, Happens::Asks);
        }
        let end = world.play();

        prop_assert_eq!(world.model.repeated, 0);
        for (plan, result) in plans.iter().zip(&world.results) {
            match result {
                Some(Err(_)) if plan.patience == Patience::Little => {}
                Some(result) => prop_assert!(result.is_ok(), "{:?}: {:?}", plan, result),
                None => prop_assert!(plan.ends == End::Cancelled || world.dead.contains(&plan.process)),
            }
        }
        // What is kept is what Kit gave last.
        let held = store.load().unwrap().unwrap();
        let refresh_token = held.tokens().refresh_token.clone().unwrap();
        prop_assert!(world.model.unspent.contains(refresh_token.secret()));
        // No more refreshes than there is time for, with what others do not wait for.
        let most = end.as_secs() / (lifetime.as_secs() * 9 / 10) + 1;
        prop_assert!(world.model.issued as u64 <= most + 1, "{} in {end:?}", world.model.issued);
    }
}
