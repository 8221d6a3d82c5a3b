//! An app: what happens to its machines, and to the engines of its accounts.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fastrand::Rng;

use crate::account::Account;
use crate::engine::Planted;
use crate::plan::{EngineFault, Fault, Plan, Report};

const MACHINES: usize = 1000;

/// How many processes, each on another machine, serve one account.
const PROCESSES: usize = 8;

/// How long the calls of an account take to come.
pub const SPAN: Duration = Duration::from_secs(900);

pub fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The seed of one of many.
fn of(seed: u64, number: usize) -> u64 {
    let number = u64::try_from(number).expect("a number");
    seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

fn at(rng: &mut Rng) -> Duration {
    seconds(rng.u64(0..SPAN.as_secs())) + Duration::from_millis(rng.u64(0..1000))
}

/// A clock that differs from another's by up to ten minutes, and what happens to a machine: the same, whichever account is
/// looked at.
fn machine(seed: u64, number: usize) -> (i64, Vec<(Duration, Fault)>) {
    let mut rng = Rng::with_seed(of(seed, number));
    let skew = rng.i64(-299..=299);
    let mut faults = Vec::new();
    for _ in 0..rng.usize(0..4) {
        let fault = if rng.bool() {
            Fault::Killed { back_after: seconds(rng.u64(0..30)) }
        } else {
            Fault::Suspended(seconds(rng.u64(1..100)))
        };
        faults.push((at(&mut rng), fault));
    }
    (skew, faults)
}

/// The fate of an account: on some of the machines, with an engine that is stopped now and then.
fn plan(seed: u64, account: usize, calls: usize) -> Plan {
    let mut rng = Rng::with_seed(of(!seed, account));
    let first = rng.usize(0..MACHINES);
    let machines = (0..PROCESSES).map(|other| machine(seed, (first + other * 7) % MACHINES));
    let mut engine = Vec::new();
    for _ in 0..rng.usize(0..3) {
        let down = if rng.bool() { rng.u64(1..10) } else { rng.u64(10..200) };
        engine.push((at(&mut rng), EngineFault::Down(seconds(down))));
    }
    Plan {
        calls,
        at_once: 40,
        hungrier: 1,
        span: SPAN,
        limit: [30, 120, 600, 600, 600, 600, 600, 600][rng.usize(0..8)],
        processes: machines.collect(),
        engine,
        cut_off: rng.u32(0..20),
        planted: Planted::Nothing,
    }
}

/// Engines that lose what was written last, in place of those that are down; others take over, whose clocks differ.
pub fn fail_over(plan: &mut Plan) {
    for (number, (_, fault)) in plan.engine.iter_mut().enumerate() {
        *fault = EngineFault::FailsOver(seconds(2), if number == 0 { -300 } else { 300 });
    }
}

/// An account whose processes want three times as much as Kit allows, and to which nothing happens.
pub fn under_load(plan: &mut Plan, hungrier: usize) {
    (plan.limit, plan.hungrier, plan.at_once, plan.cut_off) = (120, hungrier, 5, 0);
    plan.engine.clear();
    for (_, faults) in &mut plan.processes {
        faults.clear();
    }
}

/// Plays accounts on as many threads as there are processors.
pub fn play(
    seed: u64,
    accounts: usize,
    calls: usize,
    change: impl Fn(&mut Plan) + Sync,
) -> Vec<Report> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut reports = Vec::new();
        loop {
            let account = next.fetch_add(1, Ordering::Relaxed);
            if account >= accounts {
                return reports;
            }
            let mut plan = plan(seed, account, calls);
            change(&mut plan);
            let mut report = Account::run(of(seed, account), plan);
            for broken in &mut report.broken {
                *broken = format!("account {account} of KIT_TESTS_SEED={seed}: {broken}");
            }
            reports.push(report);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    })
}
