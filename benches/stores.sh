#!/usr/bin/env bash
# An inbox in PostgreSQL beside pgbench, with the same statements and as many connections, in turns: events each second. And
# calls by a pacer that shares its budget through PostgreSQL, beside calls by one of the process.
set -euo pipefail
cd "$(dirname "$0")/.."
connections=${1:-8}
seconds=${2:-5}
programs=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
cargo build --quiet --release --locked --package kit-benches --bin stores

home=$(mktemp -d)
as_user=()
if [ "$(id -u)" = 0 ]; then
    as_user=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    chown postgres "$home"
fi
"${as_user[@]}" "$programs/initdb" --auth=trust --username=postgres -D "$home/data" >/dev/null
"${as_user[@]}" "$programs/postgres" -D "$home/data" -h '' -k "$home" >"$home/log" 2>&1 &
server=$!
trap 'kill $server; wait 2>/dev/null; rm -rf "$home"' EXIT
sql() { "$programs/psql" -h "$home" -U postgres -qtAc "$1"; }
until sql 'SELECT 1' >/dev/null 2>&1; do kill -0 $server; done

ours() { target/release/stores "$1" "host=$home user=postgres" bench "$connections" "$seconds"; }
bench() { # file
    "$programs/pgbench" -h "$home" -U postgres -n -f "$1" -c "$connections" -j 2 -T "$seconds" postgres |
        sed -n 's/^tps = \([0-9]*\).*/\1/p'
}
content=$(head -c 420 /dev/zero | tr '\0' x)
# The statements of `put`, and of a claim and the event that is done.
insert="INSERT INTO bench.event (source, id, subscriber, content) SELECT * FROM unnest(ARRAY['account-9'], ARRAY[':client_id-:id'], ARRAY[9::bigint], ARRAY['$content'::bytea]) ON CONFLICT DO NOTHING"
cat >"$home/put" <<SQL
\set id random(1, 9000000000000)
WITH put AS ($insert RETURNING 1) SELECT pg_notify('bench_event', '') FROM put LIMIT 1;
SQL
cat >"$home/put-quietly" <<SQL
\set id random(1, 9000000000000)
$insert;
SQL
cat >"$home/one" <<SQL
WITH due AS (SELECT number FROM bench.event e WHERE state = 0 AND due_at <= now() ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED) UPDATE bench.event e SET token = '\x00112233445566778899aabbccddeeff', attempts = attempts + 1, due_at = now() + 60000000 * interval '1 microsecond' FROM due WHERE e.number = due.number AND e.state = 0 RETURNING e.source, e.id, e.content AS payload, e.attempts, e.number \gset
UPDATE bench.event SET state = 1, done_at = coalesce(done_at, now()) WHERE source = ':source' AND id = ':id' AND token = '\x00112233445566778899aabbccddeeff' AND state < 2 RETURNING 1;
SQL
event=$(target/release/stores event)
fill() { # count
    sql 'TRUNCATE bench.event'
    sql "INSERT INTO bench.event (source, id, subscriber, content) SELECT 'account-9', 'e' || n, 9, convert_to('$event', 'UTF8') FROM generate_series(1, $1) n"
    sql 'VACUUM ANALYZE bench.event'
}
echo '| what | ours | pgbench | ratio |'
echo '| --- | ---: | ---: | ---: |'
ours put >/dev/null
row() { # name, ours, floor
    awk "BEGIN { printf \"| $1 | %d | %d | %.2f |\n\", $2, $3, $2 / $3 }"
}
for _ in 1 2 3; do
    for what in put put-quietly; do
        sql 'TRUNCATE bench.event'
        floor=$(bench "$home/$what")
        sql 'TRUNCATE bench.event'
        row "$what, events/s over $connections connections" "$(ours $what)" "$floor"
    done
    fill 200000
    floor=$(bench "$home/one")
    fill 200000
    row 'claim 1, and done, events/s' "$(ours one)" "$floor"
    fill 100000
    echo "| claim 16, and done for each, events/s | $(ours handle) | | |"
done
for _ in 1 2 3; do
    alone=$(ours alone)
    shared=$(ours shared)
    row 'calls/s through a shared budget, beside a pacer in memory' "$shared" "$alone"
done
