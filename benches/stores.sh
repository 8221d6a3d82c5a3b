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
# The statement of `put`.
cat >"$home/put" <<SQL
\set id random(1, 9000000000000)
WITH put AS (INSERT INTO bench.event (source, id, subscriber, content) SELECT * FROM unnest(ARRAY['account-9'], ARRAY[':client_id-:id'], ARRAY[9::bigint], ARRAY['$content'::bytea]) ON CONFLICT DO NOTHING RETURNING 1) SELECT pg_notify('bench_event', '') FROM put LIMIT 1;
SQL
echo '| what | ours | pgbench | ratio |'
echo '| --- | ---: | ---: | ---: |'
ours put >/dev/null
for _ in 1 2 3; do
    sql 'TRUNCATE bench.event'
    floor=$(bench "$home/put")
    sql 'TRUNCATE bench.event'
    put=$(ours put)
    awk "BEGIN { printf \"| put, events/s over $connections connections | %d | %d | %.2f |\n\", $put, $floor, $put / $floor }"
    handled=$(ours handle)
    echo "| claim 16, and done for each, events/s | $handled | | |"
done
for _ in 1 2 3; do
    alone=$(ours alone)
    shared=$(ours shared)
    awk "BEGIN { printf \"| calls/s through a shared budget, beside a pacer in memory | %d | %d | %.2f |\n\", $shared, $alone, $shared / $alone }"
done
