#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# demo.sh - the whole path on this machine: a ledger, CRLs, a signed snapshot, devices judged
# offline, and what happens when the ledger goes away.
#
#   sh scripts/demo.sh [-y]
#
#   -y  install missing Debian packages without asking
#
# Uses only 127.0.0.1. Ends with 1 if any answer differs from the one written in demo_table.py.
set -eu
cd "$(dirname "$0")/.."
. scripts/setup.sh

yes=0
while [ $# -gt 0 ]; do
    case $1 in
    -y) yes=1 ;;
    *) die "unknown option $1; the only one is -y" ;;
    esac
    shift
done

need demo "$yes"

say "== build"
cmake --preset release >/dev/null
cmake --build --preset release -j "$jobs" --target veridac-program veridac-testpki -- --quiet

root=$PWD
veridac=$root/build/release/cli/veridac
testpki=$root/build/release/tests/pki/veridac-testpki
work=$(mktemp -d)
ledger='' web=''

# Stops what this script started, whatever ends it.
stop() {
    if [ -n "$1" ]; then
        kill "$1" 2>/dev/null || :
        wait "$1" 2>/dev/null || :
    fi
}
finish() {
    stop "$ledger"
    stop "$web"
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

# wait_for WHAT FILE: until a server that was just started has written its first line to FILE.
wait_for() {
    tries=0
    until [ -s "$2" ]; do
        tries=$((tries + 1))
        [ "$tries" -le 100 ] || die "$1 does not start"
        sleep 0.1
    done
}

run() {
    say "\$ veridac $*"
    "$veridac" "$@"
}

# refused CODE COMMAND...: the command must end with CODE.
refused() {
    wanted=$1 got=0
    shift
    run "$@" || got=$?
    [ "$got" -eq "$wanted" ] || die "veridac $1 ended with $got, not with $wanted"
}

# table NAME OPTION...: one device after the other, against what demo_table.py expects.
table() {
    name=$1
    shift
    say "\$ veridac verify --json --dac F --pai F ... $*"
    /usr/bin/python3 "$root/scripts/demo_table.py" "$name" "$veridac" world \
        --network test --trust world/paa --cd-signers world/cd-signers "$@" ||
        die "an answer differs from the expected one"
}

# Everything but status.json, which says what the last attempt did.
digest_of() {
    (cd "$1" && find . -type f ! -name status.json -exec sha256sum {} + | LC_ALL=C sort | sha256sum)
}

started=$(date +%s)
cd "$work"

say "== a new PKI, and a ledger that lists it (tests/pki, tests/ledger)"
mkfifo open
"$root/tests/ledger/ledger.py" --world world --pki "$testpki" <open >ledger.out &
ledger=$!
exec 9>open # the ledger ends when this closes: none outlives this script
wait_for "the test ledger" ledger.out
url=$(sed -n 's/.*"url": "\([^"]*\)".*/\1/p' ledger.out)
say "the ledger: $url"

say "== ledger and CRLs -> evidence -> signed snapshot -> any web server -> local store"
run keygen --out publisher.key
run root init --key publisher.key --network test --out root
run sync --dcl "$url" --state state --network test --allow-private \
    --accept-anchors world/anchors.txt
run publish --state state --repo repo --root root --key publisher.key --cd-signers world/cd-signers
/usr/bin/python3 -u -m http.server --bind 127.0.0.1 --directory repo 0 \
    >web.log 2>/dev/null 9>&- &
web=$!
wait_for "the web server" web.log
mirror=$(sed -n 's,.*(\(http://[^/]*\)/).*,\1,p' web.log)
say "a static web server with that folder: $mirror"
run pull --from "$mirror" --root root --store store

say "== devices, judged with that store; nothing of this needs a network"
table snapshot --store store

say "== half of the ledger dies: its lists are there, the CRL hosts are gone"
/usr/bin/python3 - "$url" <<'PY'
import json, sys, urllib.request
for path in json.load(open("world/ledger.json", encoding="utf-8"))["crls"]:
    url = "%s/__test__/stop-crl?path=%s" % (sys.argv[1], path)
    urllib.request.urlopen(urllib.request.Request(url, method="POST")).close()
PY
run sync --dcl "$url" --state half --network test --allow-private \
    --accept-anchors world/anchors.txt
run build --state half --out half.vdb
table unreachable --snapshot half.vdb

say "== the ledger and the web server go away"
stop "$ledger"
stop "$web"
ledger='' web=''
before="$(digest_of state) $(digest_of store)"
refused 74 sync --dcl "$url" --state state --network test
refused 74 pull --from "$mirror" --root root --store store
[ "$(digest_of state) $(digest_of store)" = "$before" ] ||
    die "a refused run changed the state or the store"
say "the last good snapshot still answers:"
table snapshot --store store
say "40 days later it is too old for a yes, and still knows who is revoked:"
table stale --store store --at "$(date -u -d '+40 days' +%Y-%m-%dT%H:%M:%SZ)"
say "without any snapshot nobody knows:"
table nothing

say "== done in $(($(date +%s) - started)) s; every answer was the expected one"
