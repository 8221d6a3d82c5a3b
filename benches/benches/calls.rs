//! Calls on loopback, over a warm connection, beside their floors.

use criterion::{Criterion, criterion_group, criterion_main};
use kit_benches::blocking::{self, Caller as _};
use kit_benches::caller::Caller as _;
use kit_benches::concurrent;
use kit_benches::server;
use tokio::runtime::Builder;

fn blocking_calls(c: &mut Criterion) {
    let base_url = server::start();
    let (kit, ureq) = (blocking::Kit::new(&base_url), blocking::Ureq::new(&base_url));
    let mut group = c.benchmark_group("a blocking call");
    group.bench_function("kit-ureq", |b| b.iter(|| kit.call()));
    group.bench_function("ureq", |b| b.iter(|| ureq.call()));
    group.finish();
}

fn concurrent_calls(c: &mut Criterion) {
    let base_url = server::start();
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut group = c.benchmark_group("an async call");
    let kit = concurrent::Kit::new(&base_url, None);
    group.bench_function("kit-hyper", |b| b.iter(|| runtime.block_on(kit.call())));
    let hyper = concurrent::HyperUtil::new(&base_url);
    group.bench_function("hyper-util", |b| b.iter(|| runtime.block_on(hyper.call())));
    let reqwest = concurrent::Reqwest::new(&base_url);
    group.bench_function("reqwest", |b| b.iter(|| runtime.block_on(reqwest.call())));
    group.finish();
}

criterion_group!(benches, blocking_calls, concurrent_calls);
criterion_main!(benches);
