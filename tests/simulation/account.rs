//! One account in virtual time: its processes, the engine that they share, and Kit.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::time::{Duration, SystemTime};

use fastrand::Rng;
use http::Request;
use kit_core::oauth::{RefreshStep, Tokens};
use kit_core::webhooks::DeleteWebhook;
use kit_core::{Call, Clock, Error, ReserveStep, Step, Time, TransportError};

use crate::engine::{Engine, Outcome, Statement, ahead};
use crate::event::{Cut, Event, Queued};
use crate::kit::Kit;
use crate::plan::{EngineFault, Fault, Plan, Report};
use crate::process::{Life, Process, Turn, Woken, Work};

pub struct Account {
    plan: Plan,
    rng: Rng,
    clock: Clock,
    now: Duration,
    queue: BinaryHeap<Reverse<Queued>>,
    queued: u64,
    processes: Vec<Process>,
    /// Lives that were killed, or suspended for longer than a claim lasts.
    excused: HashSet<Life>,
    engine: Engine,
    engine_down_until: Duration,
    failed_over: Vec<Duration>,
    kit: Kit,
    authorized_at: Duration,
    woken: Woken,
    report: Report,
}

impl Account {
    pub fn run(seed: u64, plan: Plan) -> Report {
        let mut account = Self::new(seed, plan);
        account.play();
        account.judge()
    }

    fn new(seed: u64, plan: Plan) -> Self {
        let mut rng = Rng::with_seed(seed);
        let woken = Woken::default();
        let start = |(index, (skew, _)): (usize, &(i64, _))| {
            Process::start((index, 0), *skew, plan.limit, rng.u64(..), woken.clone())
        };
        let processes = plan.processes.iter().enumerate().map(start).collect();
        let limit = usize::try_from(plan.limit).expect("a limit");
        Self {
            engine: Engine::new(plan.planted),
            kit: Kit::new(limit),
            plan,
            rng,
            clock: Clock::new(),
            now: Duration::ZERO,
            queue: BinaryHeap::new(),
            queued: 0,
            processes,
            excused: HashSet::new(),
            engine_down_until: Duration::ZERO,
            failed_over: Vec::new(),
            authorized_at: Duration::ZERO,
            woken,
            report: Report::default(),
        }
    }

    fn at(&mut self, time: Duration, event: Event) {
        self.queued += 1;
        self.queue.push(Reverse(Queued(time, self.queued, event)));
    }

    fn after(&mut self, wait: Duration, event: Event) {
        self.at(self.now + wait, event);
    }

    /// A time between these, in microseconds; mostly short.
    fn latency(&mut self, least: u64, most: u64) -> Duration {
        let (one, other) = (self.rng.u64(least..=most), self.rng.u64(least..=most));
        Duration::from_micros(one.min(other))
    }

    fn time(&self, index: usize) -> Time {
        let date = ahead(Duration::from_secs(1_700_000_000) + self.now, self.processes[index].skew);
        self.clock.time(self.now, SystemTime::UNIX_EPOCH + date)
    }

    fn play(&mut self) {
        for index in 0..self.processes.len() {
            for (time, fault) in self.plan.processes[index].1.clone() {
                self.at(time, Event::Suffers(index, fault));
            }
        }
        for (time, fault) in self.plan.engine.clone() {
            self.at(time, Event::EngineSuffers(fault));
        }
        self.authorize(0);
        let span = u64::try_from(self.plan.span.as_micros()).expect("a span");
        let (processes, hungrier) = (self.processes.len(), self.plan.hungrier);
        let mut left = self.plan.calls;
        while left > 0 {
            let index = self.rng.usize(0..processes + hungrier - 1) % processes.max(hungrier);
            let index = if index < processes { index } else { 0 };
            let time = Duration::from_secs(1) + Duration::from_micros(self.rng.u64(0..span));
            let count = self.rng.usize(1..=self.plan.at_once).min(left);
            left -= count;
            self.at(time, Event::Arrives(index, count));
        }
        // Whatever is still under way long after the last call hangs.
        let most = self.plan.span + Duration::from_secs(600);
        while let Some(Reverse(Queued(time, _, event))) = self.queue.pop() {
            self.now = time;
            if time > most {
                break;
            }
            self.happen(event);
            loop {
                let woken = std::mem::take(&mut *self.woken.lock().expect("the lock"));
                if woken.is_empty() {
                    break;
                }
                for (life, turn) in woken {
                    self.after(Duration::ZERO, Event::Resumes(life, turn));
                }
            }
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Arrives(index, count) => (0..count).for_each(|_| self.arrives(index)),
            Event::Suffers(index, fault) => self.suffers(index, fault),
            Event::Starts(index) => self.starts(index),
            Event::EngineSuffers(EngineFault::Down(duration)) => {
                self.engine_down_until = self.now + duration;
            }
            Event::EngineSuffers(EngineFault::FailsOver(lost, clock)) => {
                self.engine.stop_replicating();
                self.after(lost, Event::EngineFailsOver(clock));
            }
            Event::EngineFailsOver(clock) => {
                self.failed_over.push(self.now);
                let clock = ahead(self.engine.clock, clock);
                self.engine.fail_over(clock);
            }
            Event::Executes(life, turn, statement, cut) => {
                let is_down = self.now < self.engine_down_until || cut == Cut::Before;
                let skew = self.processes[life.0].skew;
                let outcome = if is_down {
                    statement.fails()
                } else {
                    let outcome = self.engine.execute(&statement, self.now, skew);
                    if cut == Cut::After { statement.fails() } else { outcome }
                };
                let wait = self.latency(100, 3_000);
                self.after(wait, Event::StoreReplies(life, turn, Box::new(outcome)));
            }
            Event::KitReceives(life, turn, request) => {
                let response = self.kit.answer(&request, life, self.now);
                let wait = self.latency(5_000, 500_000);
                self.after(wait, Event::KitReplies(life, turn, Box::new(response)));
            }
            Event::Resumes(life, turn)
            | Event::StoreReplies(life, turn, _)
            | Event::KitReplies(life, turn, _) => {
                let process = &self.processes[life.0];
                if process.life != life || !process.is_alive {
                    return;
                }
                if self.now < process.paused_until {
                    let until = process.paused_until;
                    self.at(until, event);
                    return;
                }
                let time = self.time(life.0);
                let Some(task) = self.processes[life.0].task(turn) else { return };
                match (event, &mut task.work) {
                    (Event::StoreReplies(_, _, outcome), work) => tell(work, *outcome, time),
                    (Event::KitReplies(_, _, response), Work::Call(call)) => {
                        call.received(*response, time);
                    }
                    (Event::KitReplies(_, _, response), Work::Refresh(refresh)) => {
                        refresh.received(*response, time);
                    }
                    _ => {}
                }
                self.run_task(life.0, turn);
            }
        }
    }

    fn arrives(&mut self, index: usize) {
        if !self.processes[index].is_alive || self.now < self.processes[index].paused_until {
            self.report.killed += 1;
            return;
        }
        let call = {
            let process = &self.processes[index];
            Call::new(&process.kit, DeleteWebhook::new(1.into()), self.rng.u64(..))
                .with_pacer(&process.pacer)
        };
        let turn = self.processes[index].begin(Work::Call(Box::new(call)));
        self.run_task(index, turn);
    }

    fn suffers(&mut self, index: usize, fault: Fault) {
        let process = &mut self.processes[index];
        match fault {
            Fault::Killed { back_after } if process.is_alive => {
                self.report.killed += process.kill();
                self.excused.insert(process.life);
                self.after(back_after, Event::Starts(index));
            }
            Fault::Suspended(duration) => {
                process.paused_until = self.now + duration;
                if duration >= Duration::from_secs(50) {
                    self.excused.insert(process.life);
                }
            }
            Fault::Killed { .. } => {}
        }
    }

    fn starts(&mut self, index: usize) {
        let Process { life: (_, before), skew, .. } = self.processes[index];
        let (life, random, woken) = ((index, before + 1), self.rng.u64(..), self.woken.clone());
        self.processes[index] = Process::start(life, skew, self.plan.limit, random, woken);
    }

    /// The user authorizes the app, and this process begins the session.
    fn authorize(&mut self, index: usize) {
        self.report.authorized += 1;
        self.authorized_at = self.now;
        let tokens: Tokens = serde_json::from_str(&self.kit.authorize(self.now)).expect("tokens");
        let time = self.time(index);
        let refresh = self.processes[index].session.begin(&tokens, time).expect("one clock");
        let turn = self.processes[index].begin(Work::Refresh(refresh));
        self.run_task(index, turn);
    }

    /// Runs a task until it waits.
    fn run_task(&mut self, index: usize, (task, _): Turn) {
        let life = self.processes[index].life;
        let turn = self.processes[index].run(task);
        loop {
            let time = self.time(index);
            let Some(running) = self.processes[index].task(turn) else { return };
            match &mut running.work {
                Work::Call(call) => match call.next(time) {
                    Step::Send(request) => return self.send(life, turn, request),
                    Step::Wait(wait) => return self.after(wait, Event::Resumes(life, turn)),
                    Step::Refresh(refresh) => self.spawn(index, Work::Refresh(refresh)),
                    Step::Reserve(reserve) => self.spawn(index, Work::Reserve(reserve)),
                    Step::AwaitRefresh { refreshed, at_most } => {
                        if self.processes[index].awaits(turn, refreshed) {
                            return self.after(at_most, Event::Resumes(life, turn));
                        }
                    }
                    Step::AwaitShare { change, at_most } => {
                        if self.processes[index].awaits(turn, change) {
                            return self.after(at_most, Event::Resumes(life, turn));
                        }
                    }
                    Step::Done(result) => {
                        let is_late = call.time_left(time).is_zero();
                        self.processes[index].end(task);
                        return self.ended(index, result, is_late);
                    }
                    step => panic!("{step:?}"),
                },
                Work::Refresh(refresh) => match refresh.next(time) {
                    RefreshStep::Load => return self.ask(life, turn, Statement::LoadSession),
                    RefreshStep::Save(record) => {
                        return self.ask(life, turn, Statement::SaveSession(record));
                    }
                    RefreshStep::Send(request) => return self.send(life, turn, request),
                    RefreshStep::Wait(wait) => return self.after(wait, Event::Resumes(life, turn)),
                    _ => return self.processes[index].end(task),
                },
                Work::Reserve(reserve) => match reserve.next(time) {
                    ReserveStep::Load => return self.ask(life, turn, Statement::LoadBudget),
                    ReserveStep::Save(budget) => {
                        return self.ask(life, turn, Statement::SaveBudget(budget));
                    }
                    ReserveStep::Wait { needed, at_most } => {
                        if self.processes[index].awaits(turn, needed) {
                            return self.after(at_most, Event::Resumes(life, turn));
                        }
                    }
                    _ => return self.processes[index].end(task),
                },
            }
        }
    }

    fn spawn(&mut self, index: usize, work: Work) {
        let turn = self.processes[index].begin(work);
        let life = self.processes[index].life;
        self.after(Duration::ZERO, Event::Resumes(life, turn));
    }

    fn send(&mut self, life: Life, turn: Turn, request: Request<Vec<u8>>) {
        let wait = self.latency(5_000, 500_000);
        self.after(wait, Event::KitReceives(life, turn, Box::new(request)));
    }

    fn ask(&mut self, life: Life, turn: Turn, statement: Statement) {
        let cut = match self.rng.u32(0..2000) {
            number if number < self.plan.cut_off => Cut::Before,
            number if number < self.plan.cut_off * 2 => Cut::After,
            _ => Cut::No,
        };
        let wait = self.latency(100, 3_000);
        self.after(wait, Event::Executes(life, turn, Box::new(statement), cut));
    }

    fn ended(&mut self, index: usize, result: Result<(), Error>, is_late: bool) {
        match result {
            Ok(()) => self.report.done += 1,
            Err(Error::Paced { .. }) => self.report.paced += 1,
            Err(Error::Session { failure, .. }) => {
                self.report.without_session += 1;
                let long_ago = self.authorized_at + Duration::from_secs(5);
                if failure.needs_authorization() && self.now > long_ago {
                    self.authorize(index);
                }
            }
            // The process of the call was suspended.
            Err(Error::Api(_)) if is_late => self.report.killed += 1,
            Err(error) => self.report.broken.push(format!("a call failed: {error}")),
        }
    }

    /// How many requests in 60 s are no broken law: the limit, unless the engine has lost what it had. A process that has
    /// sent its part while the engine was down, and was stopped before it could report, is missed.
    fn allowed(&self, time: Duration) -> usize {
        let minutes = Duration::from_secs(160);
        if self.failed_over.iter().any(|lost| (*lost..*lost + minutes).contains(&time)) {
            return usize::MAX;
        }
        let limit = usize::try_from(self.plan.limit).expect("a limit");
        let stopped = self.plan.engine.iter().map(|(began, fault)| match fault {
            EngineFault::Down(down)
                if (*began + *down..*began + *down + minutes).contains(&time) =>
            {
                let stops = self.plan.processes.iter().flat_map(|(_, faults)| faults);
                stops.filter(|(stop, _)| (*began..*began + *down).contains(stop)).count()
            }
            _ => 0,
        });
        limit + (limit / 16).max(1) * stopped.sum::<usize>()
    }

    fn judge(mut self) -> Report {
        let lost = self.failed_over.clone();
        let exceeded = self.kit.exceeded.iter().copied();
        let exceeded = exceeded.filter(|(time, count)| *count > self.allowed(*time));
        if let Some((time, count)) = exceeded.min() {
            self.report.broken.push(format!("{count} requests in 60 s at {time:?}"));
        }
        let twice =
            self.kit.shown_again.iter().find(|(_, spender)| !self.excused.contains(spender));
        if let Some((by, spender)) = twice.filter(|_| lost.is_empty()) {
            self.report.broken.push(format!("{by:?} and {spender:?} spent one refresh token"));
        }
        for process in &self.processes {
            if process.is_alive && !process.is_idle() {
                self.report.broken.push(format!("a task of {:?} hangs", process.life));
            }
        }
        self.report.counted = self.kit.after_a_minute;
        let of = |index: usize| {
            self.kit
                .by_life
                .iter()
                .filter(|(life, _)| life.0 == index)
                .map(|(_, count)| count)
                .sum()
        };
        self.report.by_process = (0..self.processes.len()).map(of).collect();
        self.report
    }
}

fn tell(work: &mut Work, outcome: Outcome, time: Time) {
    match (work, outcome) {
        (Work::Refresh(refresh), Outcome::Session(loaded)) => refresh.loaded(loaded, time),
        (Work::Refresh(refresh), Outcome::SavedSession(saved)) => refresh.saved(saved, time),
        (Work::Reserve(reserve), Outcome::Budget(loaded)) => reserve.loaded(loaded, time),
        (Work::Reserve(reserve), Outcome::SavedBudget(saved)) => reserve.saved(saved, time),
        (Work::Call(call), _) => call.failed(TransportError::CutOff("no store".into()), time),
        _ => {}
    }
}
