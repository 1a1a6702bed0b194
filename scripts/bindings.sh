#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# bindings.sh - the bindings at length: 10 000 cycles of open, verify and close, and ten seconds of closing
# during calls, in Python and Go, plain, under the race detector and under ASan and UBSan; libveridac with an
# allocator of one's own; then the same packages with every other Python (VERIDAC_PYTHONS) and Go
# (VERIDAC_GOS) that is here. Some ten minutes.
set -eu
cd "$(dirname "$0")/.."
export VERIDAC_CYCLES="${VERIDAC_CYCLES:-10000}" VERIDAC_THREAD_SECONDS=10 VERIDAC_THREAD_TIME=10s

for preset in release debug; do
    cmake --preset "$preset" >/dev/null
    cmake --build "build/$preset" -j2 -- --quiet
    ctest --test-dir "build/$preset" -R '^pki\.cases$' >/dev/null
done

# try LANGUAGE PRESET CLASS
try() {
    echo "== $1, $2, $3"
    /usr/bin/python3 "tests/bindings/test_$1.py" "$PWD/build/$2" "$PWD" "$PWD/build/$2/tests/pki/cases" \
        "$PWD/build/$2/tests/run_cases" "$PWD/build/$2/tests/pki/veridac-testpki" "$3"
}

try python release Python
try go release Go
try python debug Sanitized
try go debug Sanitized
/usr/bin/python3 tests/bindings/test_allocator.py "$PWD/build/release" "$PWD" "$PWD/build/release/tests/pki/cases"

unset VERIDAC_CYCLES VERIDAC_THREAD_SECONDS VERIDAC_THREAD_TIME
VERIDAC_PYTHONS=${VERIDAC_PYTHONS-$(ls /usr/local/bin/python3.* "$HOME"/.pyenv/versions/3.*/bin/python3 2>/dev/null |
    grep -v config || true)}
VERIDAC_GOS=${VERIDAC_GOS-$(ls /usr/local/go/bin/go 2>/dev/null || true)}
export VERIDAC_PYTHONS VERIDAC_GOS
[ -z "$VERIDAC_PYTHONS" ] || try python release Others
[ -z "$VERIDAC_GOS" ] || try go release Others
