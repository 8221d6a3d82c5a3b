#!/usr/bin/env bash
# Builds the fuzz targets, and runs each for twenty seconds.
set -euo pipefail

cd crates/kit-core/fuzz
# What cargo-fuzz sets, but for the sanitizer, and so without a nightly toolchain. With a target named, what runs
# while it is built is left alone.
coverage=-Cllvm-args=-sanitizer-coverage
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module $coverage-level=4 $coverage-inline-8bit-counters
    $coverage-pc-table $coverage-trace-compares -Ccodegen-units=1"
# For so few runs, what is quick to build is quick enough.
export CARGO_PROFILE_DEV_OPT_LEVEL=0
host=$(rustc -vV | sed -n 's/^host: //p')
cargo build --quiet --locked --target "$host"
running=()
for file in fuzz_targets/*.rs; do
    target=$(basename "$file" .rs)
    found=$(mktemp -d)
    (
        "target/$host/debug/$target" -max_total_time=20 -artifact_prefix="$found-" "$found" "corpus/$target" \
            >"$found.log" 2>&1 || { tail -40 "$found.log"; exit 1; }
    ) &
    running+=($!)
done
for process in "${running[@]}"; do wait "$process"; done
