#!/usr/bin/env bash
# Counts the instructions of each row without I/O, by valgrind, beside those of its floor: the same on every machine.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v valgrind >/dev/null || { echo 'valgrind is not installed' >&2; exit 1; }
cargo build --quiet --release --locked --package kit-benches --bin instructions

# What one more time costs: starting the program is not counted.
count() {
    local of_times=()
    for times in 20 120; do
        local out
        out=$(mktemp)
        valgrind --tool=callgrind --callgrind-out-file="$out" target/release/instructions "$1" "$2" $times 2>/dev/null
        of_times+=("$(sed -n 's/^\(summary\|totals\): //p' "$out" | head -1)")
        rm -f "$out"
    done
    echo $(((of_times[1] - of_times[0]) / 100))
}

echo '| what | ours | floor | ratio |'
echo '| --- | ---: | ---: | ---: |'
for row in ids query body items page verify delivery; do
    ours=$(count $row ours)
    floor=$(count $row floor)
    printf '| %s, instructions | %s | %s | %s |\n' "$row" "$ours" "$floor" "$(awk "BEGIN { printf \"%.2f\", $ours / $floor }")"
done
