//! Prints a table of what the client costs beside its floors: medians of samples that are taken in
//! turns, in one run.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use kit_benches::blocking::{self, Caller as _};
use kit_benches::concurrent::IsOfSession;
use kit_benches::receiving::Verify;
use kit_benches::{
    accounts, caller, concurrent, embedded, floor, importing, pages, receiving, resources, server,
    subject, waiting,
};
use kit_core::Pacer;
use kit_core::subscribers::ListSubscribers;
use tokio::runtime::{Builder, Runtime};

const SAMPLES: usize = 61;

fn main() {
    println!("| what | ours | floor | ratio | goal |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    build();
    read();
    resources();
    deliveries();
    memory_of_pages();
    memory_of_imports();
    memory_of_accounts();
    calls_of(64);
    // A single caller and its server take turns: they lose nothing on one core, and win that the
    // system does not move them. Threads that are started from here on stay with this one.
    if let Some(core) = core_affinity::get_core_ids().and_then(|cores| cores.into_iter().next()) {
        core_affinity::set_for_current(core);
    }
    calls_of(1);
    waiting();
}

fn resources() {
    for build in resources::builds() {
        let (ours, floor) = ((build.ours)(), (build.floor)());
        assert_eq!((ours.uri(), ours.body()), (floor.uri(), floor.body()));
        let [ours, floor] =
            medians([&mut || nanoseconds(|| drop(black_box((build.ours)()))), &mut || {
                nanoseconds(|| drop(black_box((build.floor)())))
            }]);
        row(&format!("build {}, ns", build.name), ours, floor, "≤ 1.15");
    }
    let (kit, list, body) = (resources::kit(), ListSubscribers::new(), resources::page());
    let [ours, floor] = medians([
        &mut || few(&mut || drop(black_box(resources::read(&kit, &list, black_box(&body))))),
        &mut || few(&mut || drop(black_box(resources::read_floor(black_box(&body))))),
    ]);
    row("read a page of 1,000 subscribers, ns", ours, floor, "≤ 1.05");
}

/// For what takes longer.
fn few(once: &mut dyn FnMut()) -> f64 {
    let start = Instant::now();
    (0..50).for_each(|_| once());
    start.elapsed().as_secs_f64() * 1e9 / 50.0
}

fn deliveries() {
    for (size, name) in [(1024, "1 KiB"), (100 * 1024, "100 KiB")] {
        let verify = Verify::new(size);
        let [ours, floor] = medians([&mut || nanoseconds(|| verify.ours()), &mut || {
            nanoseconds(|| verify.floor())
        }]);
        row(&format!("verify a signature of {name}, ns"), ours, floor, "≤ 1.05");
    }
    let body = receiving::envelope(1, 100);
    let body = body.as_bytes();
    let [ours, floor] = medians([
        &mut || few(&mut || drop(black_box(receiving::read(black_box(body))))),
        &mut || few(&mut || drop(black_box(receiving::read_floor(black_box(body))))),
    ]);
    row("read a delivery of 100 events, ns", ours, floor, "≤ 1.10");

    let (receiver, bare) = (receiving::Server::with_receiver(), receiving::Server::bare());
    let each = 50;
    let rate_of = |server: &receiving::Server| {
        let count = receiving::Server::deliveries(each);
        rate(count, server.time(each))
    };
    let [ours, floor] = medians([&mut || rate_of(&receiver), &mut || rate_of(&bare)]);
    row("kit-receiver beside a service that reads the body, deliveries/s", ours, floor, "≥ 0.8");
    let by_hand = receiving::Server::by_hand();
    let [ours, floor] = medians([&mut || rate_of(&receiver), &mut || rate_of(&by_hand)]);
    row("kit-receiver beside one written by hand, deliveries/s", ours, floor, "≥ 0.95");
}

fn memory_of_pages() {
    let [ours, floor] = [1000, 10].map(pages::memory);
    row("memory over 1,000 pages of 1,000 beside 10 pages, bytes", ours, floor, "≤ 1.05");
}

fn memory_of_imports() {
    let [ours, floor] = [1_000_000, 1000].map(importing::memory);
    row("memory over an import of 1,000,000 rows beside 1,000, bytes", ours, floor, "≤ 1.05");
}

fn memory_of_accounts() {
    let [ours, floor] = accounts::memory(10_000);
    row("an account at rest, of 10,000, bytes", ours, floor, "1024 bytes");
}

fn waiting() {
    let [ours, floor] = waiting::memory(10_000);
    row("a call that waits beside a timer, of 10,000, bytes", ours, floor, "");
    let base_url = server::start();
    let mut samples: Vec<_> = (0..5).map(|_| waiting::behind_a_refresh(&base_url, 1000)).collect();
    samples.sort_by(|one, another| one[0].total_cmp(&another[0]));
    let [ours, floor] = samples[2];
    row("1,000 calls behind a refresh of 1 s beside calls with a token, CPU ms", ours, floor, "");
}

fn calls_of(callers: usize) {
    let base_url = server::start();
    blocking_calls(&base_url, callers);
    concurrent_calls(&base_url, callers);
}

fn build() {
    let (kit, create) = (subject::kit(), subject::create());
    let parts = floor::Parts::new("https://api.kit.com");
    assert_eq!(subject::build(&kit, &create).body(), parts.build().body());
    let [ours, floor] = medians([
        &mut || {
            nanoseconds(|| drop(black_box(subject::build(black_box(&kit), black_box(&create)))))
        },
        &mut || nanoseconds(|| drop(black_box(black_box(&parts).build()))),
    ]);
    row("build a create request, ns", ours, floor, "≤ 1.25");
    let ours = allocations(|| drop(black_box(subject::build(&kit, &create))));
    let floor = allocations(|| drop(black_box(parts.build())));
    row("build a create request, allocations", ours, floor, "");
}

fn read() {
    let (kit, create) = (subject::kit(), subject::create());
    let body = floor::CREATED.as_bytes();
    let [ours, floor] = medians([
        &mut || nanoseconds(|| drop(black_box(subject::read(&kit, &create, black_box(body))))),
        &mut || nanoseconds(|| drop(black_box(floor::read(black_box(body))))),
    ]);
    row("read a 201, ns", ours, floor, "≤ 1.25");
    let ours = allocations(|| drop(black_box(subject::read(&kit, &create, body))));
    let floor = allocations(|| drop(black_box(floor::read(body))));
    row("read a 201, allocations", ours, floor, "");
}

fn blocking_calls(base_url: &str, callers: usize) {
    let (kit, ureq) = (blocking::Kit::new(base_url), blocking::Ureq::new(base_url));
    let documented = blocking::UreqAsDocumented::new(base_url);
    let calls = calls(callers);
    let [ours, floor, documented] = medians([
        &mut || rate(callers * calls, kit.time(callers, calls)),
        &mut || rate(callers * calls, ureq.time(callers, calls)),
        &mut || rate(callers * calls, documented.time(callers, calls)),
    ]);
    let of = of(callers);
    row(&format!("kit-ureq beside ureq, {of}, calls/s"), ours, floor, "≥ 0.95");
    let goal = if callers == 1 { "> 1.1" } else { "≥ 0.95" };
    row(&format!("kit-ureq beside ureq as documented, {of}, calls/s"), ours, documented, goal);
}

fn concurrent_calls(base_url: &str, callers: usize) {
    let runtime = runtime(callers);
    let kit = Arc::new(concurrent::Kit::new(base_url, None));
    let hyper = Arc::new(concurrent::HyperUtil::new(base_url));
    let reqwest = Arc::new(concurrent::Reqwest::new(base_url));
    let [ours, bare, other] = medians([
        &mut || measure(&runtime, &kit, callers),
        &mut || measure(&runtime, &hyper, callers),
        &mut || measure(&runtime, &reqwest, callers),
    ]);
    let of = of(callers);
    row(&format!("kit-hyper beside hyper-util, {of}, calls/s"), ours, bare, "≥ 0.97");
    row(&format!("kit-hyper beside reqwest, {of}, calls/s"), ours, other, "> 1");

    // A pacer that nobody has to wait for.
    let paced = Arc::new(concurrent::Kit::new(base_url, Some(Pacer::new(u32::MAX))));
    let with = Arc::new(embedded::WithCall::new(base_url));
    let without = Arc::new(embedded::WithoutCall::new(base_url));
    let session = Arc::new(concurrent::Kit::with_token(base_url, IsOfSession::Yes));
    let token = Arc::new(concurrent::Kit::with_token(base_url, IsOfSession::No));
    let [paced, unpaced, with, without, session, token] = medians([
        &mut || measure(&runtime, &paced, callers),
        &mut || measure(&runtime, &kit, callers),
        &mut || measure(&runtime, &with, callers),
        &mut || measure(&runtime, &without, callers),
        &mut || measure(&runtime, &session, callers),
        &mut || measure(&runtime, &token, callers),
    ]);
    row(&format!("with a pacer beside without, {of}, calls/s"), paced, unpaced, "≥ 0.97");
    row(&format!("with `Call` beside without, {of}, calls/s"), with, without, "≥ 0.97");
    row(&format!("with a session beside a token, {of}, calls/s"), session, token, "≥ 0.97");
}

/// Calls per second.
fn measure<C: caller::Caller>(runtime: &Runtime, caller: &Arc<C>, callers: usize) -> f64 {
    let calls = calls(callers);
    rate(callers * calls, caller::time(runtime, caller, callers, calls))
}

fn of(callers: usize) -> String {
    if callers == 1 { "1 caller".to_owned() } else { format!("{callers} callers") }
}

/// How many calls each caller makes in a sample: some 20 ms of them.
fn calls(callers: usize) -> usize {
    if callers == 1 { 400 } else { 20 }
}

fn runtime(callers: usize) -> Runtime {
    let mut builder =
        if callers == 1 { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    builder.enable_all().build().expect("a runtime")
}

/// The median of each subject. They take turns, so that what disturbs one disturbs all.
fn medians<const N: usize>(mut subjects: [&mut dyn FnMut() -> f64; N]) -> [f64; N] {
    let mut samples = [const { Vec::new() }; N];
    for subject in &mut subjects {
        subject(); // warms up
    }
    for round in 0..SAMPLES {
        for turn in 0..N {
            let index = (round + turn) % N;
            samples[index].push(subjects[index]());
        }
    }
    samples.map(|mut samples| {
        samples.sort_by(f64::total_cmp);
        samples[samples.len() / 2]
    })
}

fn nanoseconds(mut once: impl FnMut()) -> f64 {
    const TIMES: u32 = 2000;
    let start = Instant::now();
    (0..TIMES).for_each(|_| once());
    start.elapsed().as_secs_f64() * 1e9 / f64::from(TIMES)
}

#[expect(clippy::cast_precision_loss, reason = "the counts are small")]
fn allocations(once: impl FnOnce()) -> f64 {
    allocation_counter::measure(once).count_total as f64
}

#[expect(clippy::cast_precision_loss, reason = "the counts are small")]
fn rate(calls: usize, time: std::time::Duration) -> f64 {
    calls as f64 / time.as_secs_f64()
}

fn row(what: &str, ours: f64, floor: f64, goal: &str) {
    println!("| {what} | {ours:.0} | {floor:.0} | {:.2} | {goal} |", ours / floor);
}
