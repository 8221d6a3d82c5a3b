//! The core beside its floors.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use kit_benches::{floor, subject};

fn core(c: &mut Criterion) {
    let (kit, create) = (subject::kit(), subject::create());
    let parts = floor::Parts::new("https://api.kit.com");
    let body = floor::CREATED.as_bytes();

    let mut group = c.benchmark_group("build a create request");
    group.bench_function("kit-core", |b| b.iter(|| subject::build(black_box(&kit), &create)));
    group.bench_function("floor", |b| b.iter(|| black_box(&parts).build()));
    group.finish();

    let mut group = c.benchmark_group("read a 201");
    group.bench_function("kit-core", |b| b.iter(|| subject::read(&kit, &create, black_box(body))));
    group.bench_function("floor", |b| b.iter(|| floor::read(black_box(body))));
    group.finish();
}

criterion_group!(benches, core);
criterion_main!(benches);
