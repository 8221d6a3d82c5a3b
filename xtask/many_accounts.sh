#!/usr/bin/env bash
# Runs the app of many accounts as two processes over a PostgreSQL of its own, against a local Kit: an account installs
# the app, 5,000 events happen, one process is killed in the middle, and each event is handled once. Needs PostgreSQL's
# programs. `many_accounts.sh COUNT` for another number of events.
set -euo pipefail
cd "$(dirname "$0")/.."
count=${1:-5000}

programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1 || true)
if [ -z "$programs" ]; then programs=$(dirname "$(command -v initdb)"); fi
cargo build --quiet --locked --package kit-examples --example many_accounts --features many-accounts
cargo build --quiet --locked --package kit-emulator

home=$(mktemp -d)
started=()
finish() {
    kill "${started[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$home"
}
trap finish EXIT

# PostgreSQL does not run as root.
as_user=()
if [ "$(id -u)" = 0 ]; then
    as_user=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    chown postgres "$home"
fi
"${as_user[@]}" "$programs/initdb" --no-sync --auth=trust --username=postgres -D "$home/data" >/dev/null
# On a socket in its folder: no port is needed.
"${as_user[@]}" "$programs/postgres" -D "$home/data" -h '' -k "$home" -c fsync=off >"$home/postgres.log" 2>&1 &
started+=($!)
sql() { "$programs/psql" -h "$home" -U postgres -qtAc "$1"; }
until sql 'SELECT 1' >/dev/null 2>&1; do kill -0 "${started[0]}"; done

target/debug/kit-emulator --port 0 --quiet >"$home/kit" &
started+=($!)
until grep -q 'Ctrl-C' "$home/kit"; do kill -0 "${started[1]}"; done
eval "$(grep export "$home/kit")"

export DATABASE_URL="host=$home user=postgres"
export APP_KEY=an-example-of-a-key-that-nobody-guesses
process() { # name, more options
    target/debug/examples/many_accounts --port 0 --lease 5 "${@:2}" >"$home/$1" &
    started+=($!)
    until grep -q '^Listening' "$home/$1"; do kill -0 $!; done
}
process first
url=$(sed -n 's/^Listening at //p' "$home/first")
process second --public "$url"
victim=$!

# The user's browser: it is sent to Kit, consents, and comes back.
curl --silent --fail --location --cookie-jar "$home/cookies" --cookie "$home/cookies" "$url/install" |
    grep '^Installed for account '

happen() { # type, how often
    curl --silent --fail --request POST --data "{\"type\": \"$1\", \"count\": $2}" "$KIT_BASE_URL/_kit/events" >/dev/null
}
for _ in $(seq $((count / 100))); do
    happen subscriber.tag_added 98
    # The app calls back for these.
    happen subscriber.created 2
done &
happening=$!
handled() { sql 'SELECT count(*) FROM many_accounts.handled'; }
until [ "$(handled)" -gt $((count / 10)) ]; do kill -0 "$victim"; done
kill -9 "$victim"
echo "One of two processes is killed after $(handled) events."
wait "$happening"
curl --silent --fail --request POST "$KIT_BASE_URL/_kit/settle"
# What it had claimed waits for the end of the claims.
for _ in $(seq 600); do
    if [ "$(handled)" = "$count" ]; then break; fi
    sleep 0.1
done
sql 'SELECT count(*) || $$ events were handled, $$ || count(DISTINCT event) || $$ of them different.$$ FROM many_accounts.handled'
test "$(sql 'SELECT count(*) || $$ $$ || count(DISTINCT event) FROM many_accounts.handled')" = "$count $count"
