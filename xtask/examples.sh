#!/usr/bin/env bash
# Runs each example, against a local Kit of its own and against one beside it, and looks at what it prints.
set -euo pipefail

cargo build --quiet --locked --package kit-examples --examples --all-features
cargo build --quiet --locked --package kit-emulator
said=$(mktemp)
target/debug/kit-emulator --port 0 --quiet >"$said" &
emulator=$!
trap 'kill $emulator 2>/dev/null || true' EXIT
until grep -q 'Ctrl-C' "$said"; do kill -0 $emulator; done
for example in create_webhook create_webhook_async embed_in_reqwest; do
    example=target/debug/examples/$example
    env -u KIT_API_KEY -u KIT_BASE_URL $example --event tag_add --parameter 44 | grep '^Created webhook 1:' >/dev/null
    (
        eval "$(grep export "$said")"
        $example --event link_click --parameter https://example.com/a --target-url https://example.com/b |
            grep '^Created webhook [0-9]*:' >/dev/null
        if KIT_API_KEY=wrong $example 2>/dev/null >/dev/null; then exit 1; fi
    )
    status=0
    $example --event nothing 2>/dev/null || status=$?
    test $status -eq 2
done

# A browser, as far as it takes: prints the response.
visit() {
    local rest=${1#http://}
    local host=${rest%%/*}
    exec 3<>"/dev/tcp/${host%:*}/${host#*:}"
    printf 'GET /%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "${rest#*/}" "$host" >&3
    tr -d '\r' <&3
    exec 3<&-
}
# Controls the emulator: prints the response.
post() {
    local address=${KIT_BASE_URL#http://}
    exec 3<>"/dev/tcp/${address%:*}/${address#*:}"
    printf 'POST /_kit/%s HTTP/1.1\r\nHost: %s\r\nContent-Length: %s\r\nConnection: close\r\n\r\n%s' \
        "$1" "$address" "${#2}" "$2" >&3
    tr -d '\r' <&3
    exec 3<&-
}
target/debug/examples/sealed_sessions | tr '\n' ' ' |
    grep 'token: false .*is .*is .*old key alone: .* sealed by key 2, which is not known' >/dev/null
authorize=target/debug/examples/authorize
env -u KIT_CLIENT_ID $authorize --revoke | grep '^The session has ended' >/dev/null
if env -u KIT_CLIENT_ID $authorize --deny 2>/dev/null >/dev/null; then exit 1; fi
session=$(mktemp -d)/session.json
(
    eval "$(grep export "$said")"
    for app in confidential public; do
        if test $app = public; then unset KIT_CLIENT_SECRET; fi
        $authorize --port 0 --file "$session" >"$session.$app" &
        until grep -q '^  http' "$session.$app"; do kill -0 $!; done
        page=$(sed -n 's/^  \(http.*\)/\1/p' "$session.$app")
        visit "$(visit "$page" | sed -n 's/^location: //p')" >/dev/null
        wait $!
        grep '^Webhooks of the account: 3' "$session.$app" >/dev/null
        # The second time nobody is asked.
        $authorize --file "$session" --revoke | grep '^The session has ended' >/dev/null
    done
)
# The servers that receive: each creates its endpoint, is told of two events, handles them, and ends in order.
(
    eval "$(grep export "$said")"
    cargo build --quiet --locked --package kit-receiver --examples
    for example in receive_deliveries receive_with_axum; do
        target/debug/examples/$example --port 0 --state "$session.$example" >"$session.lines" 2>"$session.made" &
        until grep -q '^created webhook endpoint' "$session.made"; do kill -0 $!; done
        post events '{"type": "subscriber.tag_added", "count": 2}' | grep -q '^HTTP/1.1 201 '
        post settle '' | grep -q '^HTTP/1.1 204 '
        until [ "$(grep -c '^handled .* subscriber.tag_added$' "$session.lines")" = 2 ]; do kill -0 $!; done
        kill -TERM $!
        wait $!
        head -1 "$session.lines" | grep -q '^listening http://127.0.0.1:'
    done
)
# Every operation, once with the fewest and once with all its parameters.
(
    eval "$(grep export "$said")"
    cargo build --quiet --locked --package kit-tests --bin every_operation
    KIT_ACCESS_TOKEN=kit_emulator_access_token target/debug/every_operation --base-url "$KIT_BASE_URL" >"$session.lines"
    test -s "$session.lines"
    if grep -v '"outcome":"ok"' "$session.lines"; then exit 1; fi
)
env -u KIT_ACCESS_TOKEN -u KIT_API_KEY target/debug/examples/import_subscribers --export "$session.csv" |
    grep '^Brought over 2000 of 2000 people\.$' >/dev/null
test "$(wc -l <"$session.csv")" = 2001
kill -INT $emulator
wait $emulator
grep -q '^Stopped: [0-9]* requests, [0-9]* deliveries\.$' "$said"
